/** A sentence of the server: what stands in backticks is code. */
export function Sentence({ text }: { readonly text: string }) {
  return <>{text.split(/`([^`]+)`/).map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}</>;
}

/** A sentence of the server where nothing can be marked, as in the words that the pointer shows. */
export function plainSentence(text: string): string {
  return text.replaceAll('`', '');
}
