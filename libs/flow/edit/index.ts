export { applyEdits, invertEdits } from './edits.js';
export type { Edit } from './edits.js';
export type { DanglingReference, Edited, EditProblem, EditProblemCode, EditResult, Refused } from './result.js';
export { deleteSteps, duplicateStep, insertStep, moveStep, removeProperty, renameProperty, renameStep, setProperty } from './operations.js';
export type { Place as StepPlace, PropertyPlace } from './operations.js';
export { copySteps, pasteSteps } from './clipboard.js';
export { unwrapStep, wrapSteps } from './wrap.js';
export type { Stretch as StepStretch, Wrapping } from './wrap.js';
export {
  emptyHistory,
  historyLimits,
  historyText,
  readHistory,
  record as recordEdit,
  redo as redoEdit,
  undo as undoEdit,
} from './history.js';
export type { Change as EditChange, History as EditHistory, HistoryGroup, Stepped as EditStep } from './history.js';
export { diffFlows } from './diff.js';
export type { DiffGroup, FieldChange, FlowDiff } from './diff.js';
export { cutToStep, stepAt, stepsById } from './cut.js';
export type { CutFlow } from './cut.js';
