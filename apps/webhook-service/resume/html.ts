/** Markup that is safe to send as it is. */
export class Html {
  constructor(readonly text: string) {}
}

type Part = string | Html | undefined;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Markup with values in it: every text is escaped, for the inside of elements and of quoted attributes. Undefined is nothing. */
export function markup(pieces: TemplateStringsArray, ...parts: readonly (Part | readonly Part[])[]): Html {
  return new Html(pieces.reduce((text, piece, at) => text + [parts[at - 1]].flat().map(written).join('') + piece));
}

function written(part: Part): string {
  if (part instanceof Html) return part.text;
  return part?.replace(/[&<>"']/g, (character) => ENTITIES[character]!) ?? '';
}
