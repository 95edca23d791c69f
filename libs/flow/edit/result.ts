import { readJsonc, positionsOf } from '../text.js';
import type { JsonDocument, JsonNode } from '../text.js';
import { Editing } from './edits.js';
import type { Edit } from './edits.js';

/** Codes of edits that cannot be made. Stable: the studio may match them. */
export type EditProblemCode =
  | 'edit.unreadable'
  | 'edit.no-step'
  | 'edit.no-list'
  | 'edit.no-property'
  | 'edit.bad-position'
  | 'edit.bad-step'
  | 'edit.bad-id'
  | 'edit.id-taken'
  | 'edit.id-needs-rename'
  | 'edit.name-taken'
  | 'edit.bad-pointer'
  | 'edit.forbidden-key'
  | 'edit.into-itself'
  | 'edit.several-lists'
  | 'edit.not-a-block';

/** Why an edit was not made. */
export interface EditProblem {
  readonly code: EditProblemCode;
  /** A sentence that says what to do. */
  readonly message: string;
}

/** A place of an expression that reads a step which is not there. */
export interface DanglingReference {
  /** JSON pointer of the string that holds the expression, in the text after the edit. */
  readonly pointer: string;
  /** What it reads, as far as it is written out: `['steps', 'contact', 'id']`. */
  readonly path: readonly string[];
}

/** A text after an edit. */
export interface Edited {
  readonly ok: true;
  readonly text: string;
  /** How it came from the text before, in order and without overlap. Empty when nothing had to change. */
  readonly edits: readonly Edit[];
  /** References that this edit left without their step. */
  readonly dangling: readonly DanglingReference[];
  /** Strings whose expressions may mean a renamed step in a way that cannot be followed, such as `$lookup(steps, 'old')`. */
  readonly unsure: readonly string[];
  /** JSON pointers of the steps that are new, moved or changed, in the text after the edit. */
  readonly touched: readonly string[];
}

export interface Refused {
  readonly ok: false;
  readonly problem: EditProblem;
}

export type EditResult = Edited | Refused;

/** Ends an edit from within; `editing` turns it into a value. */
export class EditFault extends Error {
  constructor(
    readonly code: EditProblemCode,
    message: string,
  ) {
    super(message);
    this.name = 'EditFault';
  }
}

/** What an operation makes of a text. */
export interface Outcome {
  readonly editing: Editing;
  readonly dangling?: readonly DanglingReference[];
  readonly unsure?: readonly string[];
  readonly touched?: readonly string[];
}

/** Runs an operation on a text; a fault becomes a problem, everything else stays a defect. */
export function editing(text: string, work: (start: Editing) => Outcome): EditResult {
  try {
    const { editing: done, dangling = [], unsure = [], touched = [] } = work(Editing.of(text));
    return { ok: true, text: done.text, edits: done.edits(), dangling, unsure, touched };
  } catch (cause) {
    if (!(cause instanceof EditFault)) throw cause;
    return { ok: false, problem: { code: cause.code, message: cause.message } };
  }
}

/** A document without faults: edits of a broken text would guess. */
export interface SoundDocument extends JsonDocument {
  readonly root: JsonNode;
}

/** One edit looks at a text several times, and reading a large one is what an edit costs: the last few are kept. */
const read = new Map<string, SoundDocument>();
const mostRead = 4;

/** Reads a text that must be one JSON value without faults; throws an EditFault that names the first. Its nodes are not to be changed. */
export function soundDocument(text: string): SoundDocument {
  const known = read.get(text);
  if (known !== undefined) return known;
  const document = readSound(text);
  read.set(text, document);
  const [oldest] = read.keys();
  if (read.size > mostRead && oldest !== undefined) read.delete(oldest);
  return document;
}

function readSound(text: string): SoundDocument {
  const document = readJsonc(text);
  const [fault] = document.faults;
  if (document.root !== undefined && fault === undefined) return { ...document, root: document.root };
  if (fault?.code === 'flow.too-large') throw new EditFault('edit.unreadable', fault.message);
  const { line, column } = positionsOf(text)(fault?.offset ?? 0);
  throw new EditFault('edit.unreadable', `Line ${line}, column ${column}: ${fault?.message ?? 'the text is empty.'} Mend the text first.`);
}

/** As `soundDocument`, for a whole flow: one object. */
export function flowDocument(text: string): SoundDocument {
  const document = soundDocument(text);
  if (document.root.type !== 'object') throw new EditFault('edit.unreadable', 'A flow is one object, and this text is not.');
  return document;
}
