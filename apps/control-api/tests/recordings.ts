import type { Json } from '@millrace/component-sdk';
import type { Recording } from '@millrace/engine';
import { stepsById } from '@millrace/flow';
import type { Platform } from '@millrace/platform';
import type { RunSummary, StoredTest } from '@millrace/postgres';

/** Runs of one event that are looked at. */
const MOST_RUNS = 50;

type Stores = Pick<Platform, 'history' | 'tests' | 'flows'>;

/** Of whose runs: those of a flow for one event; `first` stands before the newer ones. */
export interface RecordedOf {
  readonly flowId: string;
  readonly eventId: string;
  readonly first?: string;
}

/** What the runs and the tests of a flow gave for one event, newest first. Rehearsals gave nothing: theirs are samples. */
export async function recordingsOf({ flowId, eventId, first }: RecordedOf, stores: Stores): Promise<Recording[]> {
  const found = (await stores.history.runs({ flowId, eventId, limit: MOST_RUNS })).items.filter(({ dry }) => !dry);
  const runs = [...found.filter(({ id }) => id === first), ...found.filter(({ id }) => id !== first)];
  const ids = runs.map(({ id }) => id);
  const [journals, tests] = await Promise.all([stores.history.journals(ids), stores.tests.findAll(ids)]);
  const tested = new Map(tests.map((test) => [test.runId, test]));
  const stepsOf = stepsCache(stores);
  return Promise.all(
    runs.map(async (run) => ({
      runId: run.id,
      rows: journals.get(run.id) ?? [],
      steps: await stepsOf(run, tested.get(run.id)),
      partly: new Set(tested.get(run.id)?.partly),
      repeats: run.rerunOf !== null,
    })),
  );
}

type Steps = ReadonlyMap<string, Json>;

/** The steps of what a run followed: of the text that it tested, or of its version. */
function stepsCache({ flows }: Stores): (run: RunSummary, test: StoredTest | undefined) => Promise<Steps> {
  const versions = new Map<number, Promise<Steps>>();
  const ofVersion = async (flowId: string, version: number): Promise<Steps> =>
    stepsById((await flows.version(flowId, version))?.text ?? '');
  return async ({ flowId, version }, test) => {
    if (test) return stepsById(test.text);
    const known = versions.get(version) ?? ofVersion(flowId, version);
    versions.set(version, known);
    return known;
  };
}
