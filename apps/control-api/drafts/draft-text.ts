import { textLimits } from '@millrace/flow';
import { ApiError } from '@millrace/platform';

/** Texts are stored as UTF-8 text: what cannot be stored exactly is refused, not mended. */
export function checkStorable(text: string): void {
  if (text.length > textLimits.characters) {
    const message = `The text has ${text.length} characters, and a flow has at most ${textLimits.characters}. Split the flow.`;
    throw new ApiError(413, 'draft.too-large', message);
  }
  if (/\0|\p{Surrogate}/u.test(text)) {
    throw new ApiError(422, 'draft.not-text', 'The text holds a NUL or half of a character, which cannot be kept. Remove it.');
  }
}
