import { isOnEveryWay, type GivenStep, type PlannedStep, type StepRow } from '@millrace/engine';
import type { Platform } from '@millrace/platform';
import type { StoredPin, StoredTest } from '@millrace/postgres';
import { WHOLE } from '../values/json-text.js';
import { sizeOf } from '../values/size-of.js';
import type { PinView, StepOutputView, TestPlanView, TestView } from '../wire/test.js';
import type { PreparedTest } from './start-test.js';

export function testPlanView({ step, tested, start }: PreparedTest, { catalog }: Pick<Platform, 'catalog'>): Omit<TestPlanView, 'problem'> {
  const outside = (name: string): boolean => catalog.components.get(name)?.component.effects !== 'none';
  return {
    step: step ?? null,
    path: tested.path ?? null,
    given: start.given.map(givenView),
    does: start.left
      .filter(({ kind }) => DOES.has(kind))
      .map((one) => ({ step: one.id, outside: isOutside(one, outside), sure: isOnEveryWay(tested, one.id) })),
  };
}

const DOES: ReadonlySet<string> = new Set(['use', 'call']);

function isOutside(step: PlannedStep, outside: (component: string) => boolean): boolean {
  return step.kind === 'call' || (step.kind === 'use' && outside(step.component));
}

function givenView({ step, path, from, runId, changed }: GivenStep): TestPlanView['given'][number] {
  return { step, path, from, runId: runId ?? null, changed };
}

export function testView({ runId, flowId, step, path, text, createdAt }: StoredTest): TestView {
  return { runId, flowId, step, path, text, createdAt: createdAt.toISOString() };
}

export function pinView({ step, output, pinnedAt }: StoredPin): PinView {
  return { step, output, pinnedAt: pinnedAt.toISOString() };
}

/** What was recorded, with what is pinned in its place. */
export function outputViews(
  outputs: readonly { readonly row: StepRow; readonly given: GivenStep }[],
  pins: readonly StoredPin[],
): StepOutputView[] {
  const pinned = new Set(pins.map(({ step }) => step));
  return [
    ...pins.map(({ step, output, pinnedAt }) =>
      outputView({ step, path: step, from: 'pinned', runId: undefined, changed: false }, output, pinnedAt),
    ),
    ...outputs
      .filter(({ given }) => !pinned.has(given.step))
      .map(({ row, given }) => outputView(given, row.output ?? null, new Date(row.finishedAt))),
  ];
}

function outputView(given: GivenStep, output: NonNullable<StepRow['output']> | null, at: Date): StepOutputView {
  const large = sizeOf(output) > WHOLE;
  return { ...givenView(given), output: large ? null : output, large, at: at.toISOString() };
}
