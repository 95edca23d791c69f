/** The steps of the flow under fire, in order. */
export const STEPS = ['first', 'second', 'third'] as const;
export type Step = (typeof STEPS)[number];

/** One request of a step, as the receiver saw it. */
export interface Arrival {
  /** What the sender called its event; each is sent once. */
  readonly event: string;
  readonly run: string;
  readonly step: Step;
  /** The Idempotency-Key header. */
  readonly key: string | undefined;
  /** In which life of the runner it came: 1 before the first kill of it, 2 before the second one. */
  readonly life: number;
}

/** What was promised, what arrived, and what the database says at the end. */
export interface Book {
  /** Events that were answered 202. */
  readonly acknowledged: ReadonlySet<string>;
  readonly arrivals: readonly Arrival[];
  /** Idempotency keys of steps found journalled after a kill, with the life that had ended by then. */
  readonly journalled: ReadonlyMap<string, number>;
  /** How each ended run ended. */
  readonly ends: ReadonlyMap<string, string>;
  /** Runs that have not ended. */
  readonly active: number;
}

/** Every broken promise, as sentences. */
export function brokenPromises(book: Book): string[] {
  const runs = byRun(book.arrivals);
  return [
    ...(book.active > 0 ? [`${book.active} runs have not ended`] : []),
    ...[...book.ends].filter(([, status]) => status !== 'succeeded').map(([run, status]) => `run ${run} ended ${status}`),
    ...lost(book, runs),
    ...[...runs].flatMap(([run, arrivals]) => repeatedWrongly(run, arrivals)),
    ...repeatedThoughJournalled(book),
  ];
}

/** Arrivals beyond the first of each step: what the kills cost. */
export function repeats(arrivals: readonly Arrival[]): number {
  return arrivals.length - new Set(arrivals.map(({ run, step }) => `${run}/${step}`)).size;
}

function byRun(arrivals: readonly Arrival[]): ReadonlyMap<string, readonly Arrival[]> {
  const runs = new Map<string, Arrival[]>();
  for (const arrival of arrivals) runs.set(arrival.run, [...(runs.get(arrival.run) ?? []), arrival]);
  return runs;
}

function lost({ acknowledged, ends }: Book, runs: ReadonlyMap<string, readonly Arrival[]>): string[] {
  const runsOf = new Map<string, string[]>();
  for (const [run, [arrival]] of runs) runsOf.set(arrival!.event, [...(runsOf.get(arrival!.event) ?? []), run]);
  const doubled = [...runsOf].filter(([, all]) => all.length > 1).map(([event, all]) => `event ${event} has ${all.length} runs`);
  const missing = [...acknowledged].flatMap((event) => {
    const run = runsOf.get(event)?.[0];
    if (run === undefined) return [`event ${event} was acknowledged and nothing of it arrived`];
    const absent = STEPS.filter((step) => !runs.get(run)!.some((arrival) => arrival.step === step));
    return [
      ...absent.map((step) => `event ${event} was acknowledged and its step ${step} never arrived`),
      ...(ends.has(run) ? [] : [`event ${event} was acknowledged and its run ${run} has no end`]),
    ];
  });
  return [...doubled, ...missing];
}

/** The next step begins only after the row of the one before is committed: a step that comes after a later one was journalled. */
function repeatedWrongly(run: string, arrivals: readonly Arrival[]): string[] {
  let furthest = 0;
  const lives = new Set<string>();
  return arrivals.flatMap(({ step, key, life }) => {
    const at = STEPS.indexOf(step);
    const problems = [
      ...(key === `${run}/${step}` ? [] : [`${run}/${step} came with the Idempotency-Key ${key}`]),
      ...(at < furthest ? [`${run}/${step} was journalled and arrived again after ${STEPS[furthest]}`] : []),
      ...(lives.has(`${step} ${life}`) ? [`${run}/${step} arrived twice without a kill of its runner between`] : []),
    ];
    furthest = Math.max(furthest, at);
    lives.add(`${step} ${life}`);
    return problems;
  });
}

function repeatedThoughJournalled({ arrivals, journalled }: Book): string[] {
  return arrivals
    .filter(({ run, step, life }) => life > (journalled.get(`${run}/${step}`) ?? Infinity))
    .map(({ run, step, life }) => `${run}/${step} was in the journal and arrived again in life ${life}`);
}
