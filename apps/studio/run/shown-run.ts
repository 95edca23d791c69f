import type { EventView, RunView } from '../api/wire.js';
import type { FlowTree } from '../flow/structure.js';
import type { Overlay } from './overlay.js';

/** Everything that the parts of the page look at. */
export interface ShownRun {
  readonly run: RunView;
  readonly tree: FlowTree;
  readonly overlay: Overlay;
  readonly event: EventView | undefined;
}
