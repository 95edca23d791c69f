// Flow files for specs: what a problem is about stands behind a mark, so that no line or column is counted by hand.

/** Takes the marks `¶` out of a text, and says where they stood. */
export function marked(text: string): { text: string; places: string[] } {
  const places: string[] = [];
  const plain = text.split('\n').map((line, index) => {
    const pieces = line.split('¶');
    pieces.slice(1).forEach((_, mark) => places.push(`${index + 1}:${pieces.slice(0, mark + 1).join('').length + 1}`));
    return pieces.join('');
  });
  return { text: plain.join('\n'), places };
}

/** A flow whose steps start in line 2, column 1. */
export function withSteps(...lines: string[]): string {
  return `{ "format": 1, "id": "f", "trigger": { "type": "webhook" }, "steps": [\n${lines.join('\n')}\n] }`;
}

/** A flow whose trigger starts in line 2, column 1. */
export function withTrigger(...lines: string[]): string {
  return `{ "format": 1, "id": "f", "trigger":\n${lines.join('\n')},\n"steps": [] }`;
}

/** A flow with more keys in line 2. */
export function withKeys(...lines: string[]): string {
  return `{ "format": 1, "id": "f", "trigger": { "type": "webhook" }, "steps": [],\n${lines.join('\n')} }`;
}
