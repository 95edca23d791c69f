import { readFileSync, rmSync, writeFileSync } from 'node:fs';

const LOOK_MS = 200;

/**
 * Does the work, and meanwhile no other process does any under the same file; one that died leaves nothing that has to be cleared
 * away. `onWait` is called once when somebody else is at it. Everything here waits: there is nothing else to do.
 */
export function oneAtATime(file, work, onWait) {
  for (let told = false; !taken(file); told = true) {
    if (!told) onWait();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_MS);
  }
  try {
    return work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** Of two that find the file of a dead one within the same instant both could go on: then it is as if nobody waited. */
function taken(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (!isAlive(ownerOf(file))) rmSync(file, { force: true });
    return false;
  }
  return true;
}

/** A file that is empty is being written. */
function ownerOf(file) {
  try {
    const text = readFileSync(file, 'utf8');
    return text === '' ? process.pid : Number(text);
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  if (pid === undefined) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
