import type { RunView } from '../../control-api/index.js';
import type { Scene } from './scenes.js';
import type { DoorAnswer } from './send.js';
import type { Arrival } from './stand-ins.js';

/** What came of one scene. */
export interface Performance {
  readonly scene: Scene;
  readonly answer: DoorAnswer;
  readonly run?: Pick<RunView, 'id' | 'status' | 'steps' | 'error'>;
  /** Undefined where the flows send to the real vendors. */
  readonly arrivals?: readonly Arrival[];
}

const STATUS: Readonly<Record<Scene['outcome'], number>> = { run: 202, duplicate: 200, refused: 401 };

/** Every way in which a performance departs from its script, as sentences. */
export function judge(performance: Performance): readonly string[] {
  return [...judgeAnswer(performance), ...judgeRun(performance), ...judgeArrivals(performance)];
}

function judgeAnswer({ scene, answer }: Performance): string[] {
  const expected = STATUS[scene.outcome];
  if (answer.status !== expected) {
    return [`The answer should be ${expected}, but is ${answer.status}${answer.error ? `: ${answer.error.message}` : ''}.`];
  }
  return scene.outcome === 'duplicate' && answer.duplicate !== true ? ['The event should be recognised as a duplicate.'] : [];
}

function judgeRun({ scene, answer, run }: Performance): string[] {
  if (scene.outcome !== 'run') return answer.runId === undefined ? [] : [`No run should begin, but ${answer.runId} did.`];
  if (run === undefined) return ['A run should begin, but none did.'];
  return run.status === 'succeeded' ? [] : [`The run should succeed, but is ${run.status}${run.error ? `: ${run.error.message}` : ''}.`];
}

/** Each expected request exactly once, and nothing else. */
function judgeArrivals({ scene, arrivals }: Performance): string[] {
  if (arrivals === undefined) return [];
  const surplus = [...arrivals];
  const missing = scene.arrivals.filter(({ vendor, path, says }) => {
    const at = surplus.findIndex(({ vendor: to, request }) => to === vendor && request.url.startsWith(path) && request.text.includes(says));
    if (at >= 0) surplus.splice(at, 1);
    return at < 0;
  });
  return [
    ...missing.map(({ vendor, path, says }) => `${vendor} should get ${path}… with "${says}", but did not.`),
    ...surplus.map(({ vendor, request }) => `${vendor} got ${request.method} ${request.url}, which was not expected.`),
  ];
}
