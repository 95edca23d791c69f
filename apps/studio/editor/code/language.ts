import {
  continuedIndent,
  defineLanguageFacet,
  foldInside,
  foldNodeProp,
  indentNodeProp,
  Language,
  languageDataProp,
} from '@codemirror/language';
import { NodeProp, NodeSet, NodeType, Parser, Tree, type Input, type PartialParse } from '@lezer/common';
import { styleTags, tags } from '@lezer/highlight';
import { createScanner, SyntaxKind } from 'jsonc-parser';
import { EXPRESSION } from '../../flow/settings.js';

const data = defineLanguageFacet({
  commentTokens: { line: '//', block: { open: '/*', close: '*/' } },
  closeBrackets: { brackets: ['{', '[', '"'] },
  indentOnInput: /^\s*[\]}]$/,
});

const NAMES = ['File', 'Object', 'Array', 'Key', 'String', 'Reference', 'Number', 'Word', 'Comment', 'Mark', '{', '}', '[', ']'] as const;
type Name = (typeof NAMES)[number];

const ID = Object.fromEntries(NAMES.map((name, id) => [name, id])) as Readonly<Record<Name, number>>;

const nodes = new NodeSet(NAMES.map((name, id) => NodeType.define({ id, name, top: name === 'File', props: propsOf(name) }))).extend(
  foldNodeProp.add({ Object: foldInside, Array: foldInside }),
  indentNodeProp.add({ Object: continuedIndent({ except: /^\s*\}/ }), Array: continuedIndent({ except: /^\s*\]/ }) }),
  languageDataProp.add({ File: data }),
  styleTags({
    Key: tags.propertyName,
    String: tags.string,
    Reference: tags.special(tags.string),
    Number: tags.number,
    Word: tags.bool,
    Comment: tags.comment,
    'Mark { } [ ]': tags.punctuation,
  }),
);

function propsOf(name: Name): [NodeProp<readonly string[]>, readonly string[]][] {
  const pairs: Readonly<Partial<Record<Name, [NodeProp<readonly string[]>, readonly string[]]>>> = {
    '{': [NodeProp.closedBy, ['}']],
    '[': [NodeProp.closedBy, [']']],
    '}': [NodeProp.openedBy, ['{']],
    ']': [NodeProp.openedBy, ['[']],
  };
  const pair = pairs[name];
  return pair ? [pair] : [];
}

/** What a token is called; of brackets and of space and line breaks not here. */
const TOKENS: Readonly<Partial<Record<SyntaxKind, Name>>> = {
  [SyntaxKind.CommaToken]: 'Mark',
  [SyntaxKind.ColonToken]: 'Mark',
  [SyntaxKind.NullKeyword]: 'Word',
  [SyntaxKind.TrueKeyword]: 'Word',
  [SyntaxKind.FalseKeyword]: 'Word',
  [SyntaxKind.StringLiteral]: 'String',
  [SyntaxKind.NumericLiteral]: 'Number',
  [SyntaxKind.LineCommentTrivia]: 'Comment',
  [SyntaxKind.BlockCommentTrivia]: 'Comment',
};

const OPENS: Readonly<Partial<Record<SyntaxKind, Name>>> = {
  [SyntaxKind.OpenBraceToken]: 'Object',
  [SyntaxKind.OpenBracketToken]: 'Array',
};
const CLOSES: Readonly<Partial<Record<SyntaxKind, Name>>> = {
  [SyntaxKind.CloseBraceToken]: 'Object',
  [SyntaxKind.CloseBracketToken]: 'Array',
};

/** A block that is not closed yet, and where its parts begin in the buffer. */
interface Block {
  readonly name: Name;
  readonly from: number;
  readonly start: number;
}

/** Writes a tree as `Tree.build` reads it: each node after its parts, in four numbers. */
class TreeWriter {
  private readonly buffer: number[] = [];
  private readonly open: Block[] = [];
  /** Where the type of the last string stands, which is a key if a colon follows. */
  private key: number | undefined;

  begin(name: Name, from: number): void {
    this.open.push({ name, from, start: this.buffer.length });
    this.leaf(name === 'Object' ? '{' : '[', from, from + 1);
  }

  /** Closes the innermost block of that kind, and what was left open inside it. */
  end(name: Name, from: number): void {
    const isOpen = this.open.some((block) => block.name === name);
    if (isOpen) while (this.open.at(-1)!.name !== name) this.close(from);
    this.leaf(name === 'Object' ? '}' : ']', from, from + 1);
    if (isOpen) this.close(from + 1);
  }

  leaf(name: Name, from: number, to: number): void {
    this.buffer.push(ID[name], from, to, 4);
  }

  string(text: string, from: number): void {
    const start = this.buffer.length;
    const found = text.includes('{{') ? text.matchAll(EXPRESSION) : [];
    for (const { index, 0: match } of found) this.leaf('Reference', from + index, from + index + match.length);
    this.key = this.buffer.length;
    this.buffer.push(ID.String, from, from + text.length, this.buffer.length - start + 4);
  }

  /** What went before it was a key. */
  colon(): void {
    if (this.key !== undefined && this.open.at(-1)?.name === 'Object') this.buffer[this.key] = ID.Key;
    this.key = undefined;
  }

  tree(length: number): Tree {
    while (this.open.length > 0) this.close(length);
    return Tree.build({ buffer: this.buffer, nodeSet: nodes, topID: ID.File, length });
  }

  private close(to: number): void {
    const { name, from, start } = this.open.pop()!;
    this.buffer.push(ID[name], from, to, this.buffer.length - start + 4);
  }
}

/** The structure of a flow's text, by the scanner of the reader that reads it everywhere else. A text need not be whole. */
export function treeOf(text: string): Tree {
  const scanner = createScanner(text);
  const writer = new TreeWriter();
  for (let kind = scanner.scan(); kind !== SyntaxKind.EOF; kind = scanner.scan()) {
    const from = scanner.getTokenOffset();
    // The scanner counts one letter more of a comment that is not closed.
    const to = Math.min(from + scanner.getTokenLength(), text.length);
    if (kind === SyntaxKind.ColonToken) writer.colon();
    const [opens, closes, token] = [OPENS[kind], CLOSES[kind], TOKENS[kind]];
    if (opens) writer.begin(opens, from);
    else if (closes) writer.end(closes, from);
    else if (token === 'String') writer.string(text.slice(from, to), from);
    else if (token) writer.leaf(token, from, to);
  }
  return writer.tree(text.length);
}

/** Reads the whole text at once: of 500 steps in a few milliseconds, so that no part of it has to be kept. */
class FlowParser extends Parser {
  override createParse(input: Input): PartialParse {
    return {
      parsedPos: input.length,
      stoppedAt: null,
      stopAt: () => undefined,
      advance: () => treeOf(input.read(0, input.length)),
    };
  }
}

/** JSON with comments, and the references in its strings. */
export const flowLanguage = new Language(data, new FlowParser(), [], 'flow');
