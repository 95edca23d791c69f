import { textOf, type FlowStep } from '../flow/structure.js';

/** Sizes in CSS pixels at a zoom of 1. */
export const NODE = { width: 296, height: 64 } as const;

/** How far the note of a step reaches below it. */
const NOTE = 18;

/** How far a step is drawn below its node, where something else may stand there. A block has its note at its head. */
export function noteBelow(step: FlowStep | undefined): number {
  return step && step.lanes.length === 0 && textOf(step.json['note']) !== undefined ? NOTE : 0;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PlacedNode extends Point {
  /** `trigger`, the id of a step, or `frame:` and the id of a loop. */
  readonly id: string;
  readonly type: 'trigger' | 'step' | 'frame';
  readonly width: number;
  readonly height: number;
  readonly step: FlowStep | undefined;
}

/** Which lane of which step an edge belongs to. */
export interface LaneRef {
  readonly owner: string;
  readonly key: string;
}

export interface PlacedEdge {
  readonly id: string;
  /** next: from step to step. enter, leave: into and out of a lane. error: to what runs on a failure. */
  readonly kind: 'next' | 'enter' | 'leave' | 'error';
  readonly points: readonly Point[];
  /** The step it leads to; undefined where it leads to the end of a block. */
  readonly to: string | undefined;
  readonly from: string;
  readonly lane: LaneRef | undefined;
  readonly label: string | undefined;
  /** Where a pill fits. */
  readonly pill: Point;
}

export interface Layout {
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
  /** What everything fits into. */
  readonly bounds: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}
