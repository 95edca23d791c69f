import { chipWords, UNSEEN, type Token } from './tokens.js';

/**
 * The editable box as the browser holds it: text nodes and chips. Around chips stand spaces without width, because a caret
 * can only be drawn in text; they are not part of the text.
 */
export interface ChipLook {
  readonly title: string;
  readonly broken: boolean;
}

type Part = { readonly text: string } | { readonly chip: Token; readonly look: ChipLook };

function partsOf(tokens: readonly Token[], lookOf: (path: string) => ChipLook): Part[] {
  const parts: Part[] = [];
  tokens.forEach((token, index) => {
    if (token.kind === 'text') return void parts.push({ text: token.source });
    if (tokens[index - 1]?.kind !== 'text') parts.push({ text: UNSEEN });
    parts.push({ chip: token, look: lookOf(token.path) });
  });
  const last = tokens.at(-1);
  // A caret behind a chip or a last line break needs something to stand in.
  if (last?.kind === 'chip' || last?.source.endsWith('\n')) parts.push({ text: UNSEEN });
  return parts;
}

/** Draws the tokens; leaves the box as it is where it shows them already, so that typing is the browser's. Whether it drew. */
export function drawTokens(root: HTMLElement, tokens: readonly Token[], lookOf: (path: string) => ChipLook): boolean {
  const parts = partsOf(tokens, lookOf);
  if (shows(root, parts)) return false;
  root.replaceChildren(...parts.map((part) => ('chip' in part ? chipNode(part.chip, part.look) : document.createTextNode(part.text))));
  return true;
}

function shows(root: HTMLElement, parts: readonly Part[]): boolean {
  const nodes = [...root.childNodes];
  if (parts.length === 0) return nodes.every((node) => node.nodeName === 'BR' || node.textContent === '');
  return nodes.length === parts.length && parts.every((part, index) => showsPart(nodes[index]!, part));
}

function showsPart(node: Node, part: Part): boolean {
  if ('text' in part) return node.nodeType === Node.TEXT_NODE && node.nodeValue === part.text;
  if (!(node instanceof HTMLElement) || node.dataset['source'] !== part.chip.source) return false;
  return node.title === part.look.title;
}

function chipNode({ source, path }: Token, { title, broken }: ChipLook): HTMLElement {
  const chip = document.createElement('span');
  chip.className = 'chip field-chip';
  chip.contentEditable = 'false';
  chip.title = title;
  Object.assign(chip.dataset, { source, path });
  if (broken) chip.dataset['broken'] = '';
  const icon = document.createElement('span');
  icon.className = 'chip-icon';
  chip.append(icon, chipWords(path));
  return chip;
}

/** Where the icons of the chips go, and what each chip reads. */
export function iconPlaces(root: HTMLElement): { readonly host: Element; readonly path: string }[] {
  return [...root.querySelectorAll('.chip-icon')].map((host) => ({ host, path: host.parentElement?.dataset['path'] ?? '' }));
}

/** The text that the box shows. */
export function textIn(root: HTMLElement): string {
  const nodes = [...root.childNodes];
  if (nodes.length === 1 && nodes[0]!.nodeName === 'BR') return '';
  return nodes.map(textOfNode).join('');
}

function textOfNode(node: Node, index = 0): string {
  if (node.nodeType === Node.TEXT_NODE) return visible(node.nodeValue ?? '');
  if (!(node instanceof HTMLElement)) return '';
  if (node.dataset['source'] !== undefined) return node.dataset['source'];
  if (node.nodeName === 'BR') return '\n';
  const inner = [...node.childNodes].map(textOfNode).join('');
  return node.nodeName === 'DIV' && index > 0 ? `\n${inner}` : inner;
}

function visible(text: string): string {
  return text.replaceAll(UNSEEN, '');
}

export interface Selected {
  readonly start: number;
  readonly end: number;
}

/** What is selected in the box, as offsets of its text; undefined when the selection is elsewhere. */
export function selectedIn(root: HTMLElement): Selected | undefined {
  const selection = root.ownerDocument.getSelection();
  if (!selection || selection.rangeCount === 0) return undefined;
  const range = selection.getRangeAt(0);
  if (!root.contains(range.startContainer) || !root.contains(range.endContainer)) return undefined;
  return { start: offsetOf(root, range.startContainer, range.startOffset), end: offsetOf(root, range.endContainer, range.endOffset) };
}

/** The offset in the text of a place in the box. Inside a chip is its end. */
export function offsetOf(root: HTMLElement, node: Node, offset: number): number {
  if (node === root) return lengthOf([...root.childNodes].slice(0, offset));
  const top = [...root.childNodes].findIndex((child) => child.contains(node));
  const own = root.childNodes[top];
  const before = lengthOf([...root.childNodes].slice(0, top));
  if (own?.nodeType === Node.TEXT_NODE) return before + visible((own.nodeValue ?? '').slice(0, offset)).length;
  return own ? before + textOfNode(own, top).length : before;
}

interface Place {
  readonly node: Node;
  readonly offset: number;
}

/** What browsers offer to find text by: Safari before 26.2 has the older of the two only, others need not have that. */
type Points = Partial<Pick<Document, 'caretPositionFromPoint' | 'caretRangeFromPoint'>>;

/** The place in a text that is under a point of the window. */
export function placeUnder(page: Document, x: number, y: number): Place | undefined {
  const points: Points = page;
  if (!points.caretPositionFromPoint) {
    const range = page.caretRangeFromPoint(x, y);
    return range ? { node: range.startContainer, offset: range.startOffset } : undefined;
  }
  const position = page.caretPositionFromPoint(x, y);
  return position ? { node: position.offsetNode, offset: position.offset } : undefined;
}

function lengthOf(nodes: readonly Node[]): number {
  return nodes.reduce((sum, node, index) => sum + textOfNode(node, index).length, 0);
}

/** Selects a stretch of the text. */
export function select(root: HTMLElement, start: number, end = start): void {
  const selection = root.ownerDocument.getSelection();
  if (!selection) return;
  const [from, to] = [placeAt(root, start), placeAt(root, end)];
  selection.setBaseAndExtent(from.node, from.offset, to.node, to.offset);
}

/** Rather in a text than between nodes: there the caret can be seen. */
function placeAt(root: HTMLElement, offset: number): Place {
  let left = offset;
  for (const [index, node] of [...root.childNodes].entries()) {
    const length = textOfNode(node, index).length;
    if (node.nodeType === Node.TEXT_NODE && left <= length) return { node, offset: rawOffset(node.nodeValue ?? '', left) };
    if (left < length) return { node: root, offset: index };
    left -= length;
  }
  return { node: root, offset: root.childNodes.length };
}

/** In the text of a node with its spaces without width. */
function rawOffset(text: string, offset: number): number {
  let [raw, seen] = [0, 0];
  while (raw < text.length && (seen < offset || text[raw] === UNSEEN)) {
    if (text[raw] !== UNSEEN) seen += 1;
    raw += 1;
  }
  return raw;
}
