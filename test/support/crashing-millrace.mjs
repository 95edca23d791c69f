/**
 * Preloaded into the built Millrace (`node --import`) by the crash tests: makes the process SIGKILL itself at a named
 * point, the n-th time it gets there, so that the application itself needs no failpoints.
 *
 * It is armed by a file (path in MILLRACE_CRASH_FILE) that says `<point> <n>`, at any time while the process runs. The
 * file goes just before the process does: the next start on it is an ordinary one.
 */
import { subscribe } from 'node:diagnostics_channel';
import { readFileSync, rmSync, writeSync } from 'node:fs';
import { PostgresCollections, PostgresEventStore, PostgresJournal } from '../../dist/libs/postgres/index.js';
import { HintProducer } from '../../dist/libs/queue/index.js';

const FILE = process.env.MILLRACE_CRASH_FILE ?? '';
/** Long enough for an answer that is ready to go out. */
const ANSWER_MS = 100;

let passes = 0;

/** `accept.before`, `accept.after`: around the commit of event and run. */
around(PostgresEventStore.prototype, 'accept', 'accept');
/** `journal.before`: the effect has happened, its row is not written. `journal.after`: it is, and the next step has not begun. */
around(PostgresJournal.prototype, 'record', 'journal');
/** `finish.before`: the last effect has happened; its row and the end of the run are not written. `finish.after`: they are. */
around(PostgresJournal.prototype, 'finish', 'finish');
/** `collect.before`: the run of collected events is about to be made. `collect.after`: it is committed, and nobody knows yet. */
around(PostgresCollections.prototype, 'close', 'collect');
/** `step.begun`: the component runs, nothing is sent. `step.sent`: the request is out, its answer is not read. */
subscribe('undici:request:create', () => passing('step.begun'));
subscribe('undici:request:bodySent', () => passing('step.sent'));
/** `enqueue.before`: the caller gets its answer, the queue never hears of the run. */
const offer = HintProducer.prototype.offer;
HintProducer.prototype.offer = function offerUnlessArmed(runIds) {
  if (!isDue('enqueue.before')) return offer.call(this, runIds);
  setTimeout(() => die('enqueue.before'), ANSWER_MS);
  return new Promise(() => undefined);
};

function around(prototype, method, point) {
  const original = prototype[method];
  prototype[method] = async function passingPoints(...args) {
    passing(`${point}.before`);
    const result = await original.apply(this, args);
    passing(`${point}.after`);
    return result;
  };
}

function passing(point) {
  if (isDue(point)) die(point);
}

function isDue(point) {
  const [armed, nth] = armedPoint();
  if (armed !== point) return false;
  passes += 1;
  return passes >= Number(nth);
}

function armedPoint() {
  try {
    return readFileSync(FILE, 'utf8').split(' ');
  } catch {
    return [];
  }
}

function die(point) {
  rmSync(FILE, { force: true });
  writeSync(1, `SIGKILL at ${point}\n`);
  process.kill(process.pid, 'SIGKILL');
}
