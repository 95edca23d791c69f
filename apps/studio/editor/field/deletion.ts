import { offsetOf, type Selected } from './box-dom.js';
import { wordAfter, wordBefore } from './words.js';

interface Shown {
  readonly root: HTMLElement;
  readonly text: string;
  readonly caret: number;
  readonly selected: Selected;
}

/**
 * The stretch of the text that goes by a key that deletes more than a character; undefined where an input is something else. Which
 * key that is differs from system to system: before it happens the browser says what (Input Events Level 2). Done by the browser it would leave a line break
 * in place of the last word of a line, and parts of chips.
 */
export function deletedStretch(event: InputEvent, { root, text, caret, selected }: Shown): Selected | undefined {
  const { inputType, isComposing } = event;
  const { start, end } = selected;
  if (isComposing || !/^delete(Word|SoftLine|HardLine)/.test(inputType)) return undefined;
  if (start !== end) return selected;
  if (inputType === 'deleteWordBackward') return { start: wordBefore(text, start, caret), end };
  if (inputType === 'deleteWordForward') return { start, end: wordAfter(text, end, caret) };
  // Where a line ends that is broken to fit, the browser alone knows.
  const [range] = event.getTargetRanges();
  if (!range) return undefined;
  return { start: offsetOf(root, range.startContainer, range.startOffset), end: offsetOf(root, range.endContainer, range.endOffset) };
}
