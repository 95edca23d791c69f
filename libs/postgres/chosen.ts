import { Conditions } from './conditions.js';
import { OUTCOMES, type Outcome } from './event-list.js';
import { lowestId } from './partitions.js';
import { IS_DEAD } from './sql/dead.js';
import { ERROR_CODE, ERROR_STEP } from './sql/operate.js';
import { SHOWN_STATUS } from './sql/status.js';

/** What an operation does to each of its items: events are replayed, ended runs re-run, dead letters retried or discarded, active runs cancelled. */
export type OperationKind = 'replay' | 'rerun' | 'retry' | 'discard' | 'cancel';

/** Which events or runs it is about; what does not apply to the kind is left out. */
export interface Selection {
  readonly flowId?: string | undefined;
  readonly status?: string | undefined;
  /** The code of the error. */
  readonly code?: string | undefined;
  /** Where it failed, without the numbers of items. */
  readonly step?: string | undefined;
  /** Of events: what became of them. */
  readonly outcome?: Outcome | undefined;
  /** Milliseconds: came at this moment or later. */
  readonly since?: number | undefined;
  /** Milliseconds: came before this moment. */
  readonly until?: number | undefined;
  /** A text of the event, letter by letter. */
  readonly search?: string | undefined;
}

/** Exactly these, or all that fit. */
export type Chosen = { readonly ids: readonly string[] } | Selection;

/** A statement that selects the ids, with its values. */
export interface ChosenIds {
  readonly text: string;
  readonly values: unknown[];
}

/** The ids of what is chosen, as a statement without order; `values` already holds what the statement around it needs. */
export function chosenIds(kind: OperationKind, chosen: Chosen, values: unknown[] = []): ChosenIds {
  const where = new Conditions(values);
  return { text: 'ids' in chosen ? given(chosen.ids, where) : fitting('id', kind, chosen, where), values };
}

/** The same of ended runs, as the flow and the version that each was on; null for one that is not there. */
export function chosenVersions(kind: 'rerun' | 'retry', chosen: Chosen): ChosenIds {
  const values: unknown[] = [];
  const where = new Conditions(values);
  const text =
    'ids' in chosen
      ? `select r.flow_id, r.version from (${given(chosen.ids, where)}) named left join finished_runs r on r.id = named.id`
      : fitting('flow_id, version', kind, chosen, where);
  return { text, values };
}

function given(ids: readonly string[], where: Conditions): string {
  return `select distinct id from unnest(${where.parameter(ids)}::uuid[]) as given (id)`;
}

function fitting(columns: string, kind: OperationKind, chosen: Selection, where: Conditions): string {
  const { flowId, since, until } = chosen;
  where
    .add(flowId, (p) => `flow_id = ${p}`)
    .add(since === undefined ? undefined : lowestId(since), (p) => `id >= ${p}::uuid`)
    .add(until === undefined ? undefined : lowestId(until), (p) => `id < ${p}::uuid`);
  const table = KINDS[kind](where, chosen);
  return `select ${columns} from ${table} ${where.where}`;
}

const IN_EVENT = (p: string): string =>
  `(position(convert_to(${p}, 'UTF8') in body) > 0 or position(convert_to(${p}, 'UTF8') in request) > 0)`;

/** Of runs: the text stands in their event. */
const OF_EVENT = (p: string): string => `exists (select from events e where e.id = event_id and ${IN_EVENT(p)})`;

type Narrowing = (where: Conditions, chosen: Selection) => string;

const deadLetters: Narrowing = (where, { code, step, search }) => {
  where
    .always(IS_DEAD)
    .add(code, (p) => `${ERROR_CODE} = ${p}`)
    .add(step, (p) => `${ERROR_STEP} = ${p}`)
    .add(search, OF_EVENT);
  return 'finished_runs';
};

/** Answers the table. */
const KINDS: Readonly<Record<OperationKind, Narrowing>> = {
  replay: (where, { search, outcome }) => {
    if (outcome !== undefined) where.always(OUTCOMES[outcome]);
    where.add(search, IN_EVENT);
    return 'events';
  },
  rerun: (where, { status, search }) => {
    where
      .always('not dry and not test')
      .add(status, (p) => `status = ${p}`)
      .add(search, OF_EVENT);
    return 'finished_runs';
  },
  retry: deadLetters,
  discard: deadLetters,
  cancel: (where, { status, search }) => {
    where.add(status, (p) => `${SHOWN_STATUS} = ${p}`).add(search, OF_EVENT);
    return 'runs';
  },
};
