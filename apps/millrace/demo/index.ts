import type { Config } from '@millrace/config';
import { follow } from './follow.js';
import { judge, type Performance } from './judge.js';
import { describe, line } from './report.js';
import { makeScenes, type Scene } from './scenes.js';
import { deliver } from './send.js';
import { openPrivateStage } from './stages/private.js';
import { openRunningStage } from './stages/running.js';
import type { Stage } from './stages/stage.js';

export interface DemoOptions {
  readonly config: Config;
  /** An instance that runs already; without it the demo starts one of its own. */
  readonly url?: string;
  readonly print: (text: string) => void;
  /** Ends the demo early; what it started is cleaned up all the same. */
  readonly signal: AbortSignal;
}

/** Plays all scenes, one after the other, and tells them. True when everything came as it should. Leaves nothing behind. */
export async function runDemo({ config, url, print, signal }: DemoOptions): Promise<boolean> {
  const undo: (() => Promise<unknown>)[] = [];
  try {
    print(url === undefined ? 'Starting an instance and the stand-ins…' : `Sending to ${url}…`);
    const later = (step: () => Promise<unknown>): void => void undo.push(step);
    const stage = await (url === undefined ? openPrivateStage(config, later) : openRunningStage(config, url, later));
    // Not earlier: an instance that is killed half-way through its start leaves its database running.
    signal.throwIfAborted();
    return await playAll(stage, print, signal);
  } finally {
    for (const step of undo.reverse()) await step().catch((error: unknown) => print(`Cleaning up: ${(error as Error).message}`));
  }
}

async function playAll(stage: Stage, print: DemoOptions['print'], signal: AbortSignal): Promise<boolean> {
  print(`\n${line('instance', stage.about)}`);
  let complaints = 0;
  let finished = false;
  try {
    for (const [index, scene] of makeScenes(new Date()).entries()) complaints += tell(await play(scene, stage, signal), index + 1, print);
    finished = true;
  } finally {
    const wrong = complaints > 0 || !finished;
    if (wrong && !signal.aborted && stage.output() !== '') print(`\nThe instance's last words:\n${stage.output()}`);
  }
  print(complaints === 0 ? '\nEverything went as it should.' : `\nThings that went wrong: ${complaints}.`);
  return complaints === 0;
}

async function play(scene: Scene, stage: Stage, signal: AbortSignal): Promise<Performance> {
  signal.throwIfAborted();
  const answer = await deliver(scene, stage.client, stage.credential(scene.credential));
  const run = answer.runId === undefined ? undefined : await follow(stage.client, answer.runId, signal);
  return { scene, answer, run, arrivals: stage.arrivals() };
}

/** Prints a performance with what was wrong about it, and answers how much that is. */
function tell(performance: Performance, number: number, print: DemoOptions['print']): number {
  const complaints = judge(performance);
  print(`\n${describe(performance, number)}`);
  for (const complaint of complaints) print(line('WRONG', complaint));
  return complaints.length;
}
