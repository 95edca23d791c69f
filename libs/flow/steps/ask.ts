import type { Json, JsonSchema } from '@millrace/component-sdk';
import { complain, keyCursors, optional, present, readFields, readMap, readPattern, readText, required } from '../format/reader.js';
import type { Cursor, Reader } from '../format/reader.js';
import { stepIdPattern } from '../types.js';
import type { Ask } from '../types.js';
import type { ExpressionSite } from './kind.js';

/** What a question may be long, in characters, and how many answers it may have. */
export const askLimits = { title: 200, text: 5_000, answers: 10, answer: 40, label: 60, comment: 5_000 } as const;

const label = { type: 'string', minLength: 1, maxLength: askLimits.label } as const;

/** The schema of `ask`, for editors. */
export const askSchema = {
  type: 'object',
  description: 'Asks a person: who opens the URL sees a page with a button for each answer. The output is `{ answer, comment? }`.',
  required: ['title', 'answers'],
  properties: {
    title: {
      type: 'string',
      description: `The question. Beyond ${askLimits.title} characters it is cut, and stands whole above the text. May hold \`{{ expressions }}\`.`,
    },
    text: {
      type: 'string',
      description: `What to know before answering, at most ${askLimits.text} characters with a title that is cut. Line breaks are kept. May hold \`{{ expressions }}\`.`,
    },
    answers: {
      type: 'object',
      minProperties: 1,
      maxProperties: askLimits.answers,
      propertyNames: { maxLength: askLimits.answer },
      patternProperties: { [stepIdPattern]: label },
      additionalProperties: false,
      description: 'What the buttons say, by the answer that each one gives. The first one stands out.',
    },
    comment: { ...label, description: 'Label of a field for a comment, which may be left empty; without it there is none.' },
  },
  patternProperties: { '^x-': {} },
  additionalProperties: false,
} as const satisfies JsonSchema;

/** What an answer to a question is: the body that is taken, and the output of the step. */
export function answerSchema({ answers, comment }: Ask): JsonSchema {
  const said = { type: 'string', minLength: 1, maxLength: askLimits.comment } as const;
  return {
    type: 'object',
    properties: { answer: { type: 'string', enum: Object.keys(answers) }, ...(comment !== undefined && { comment: said }) },
    required: ['answer'],
    additionalProperties: false,
  };
}

/** Reads `ask`. Gives undefined for one that could not be read; the problems are reported. */
export function readAsk(at: Cursor): Ask | undefined {
  const fields = readFields(at, { what: 'ask', keys: ['title', 'text', 'answers', 'comment'] });
  if (fields === undefined) return undefined;
  const title = required(fields, 'title', readQuestion);
  const text = optional(fields, 'text', readText);
  const answers = required(fields, 'answers', readAnswers);
  const comment = optional(fields, 'comment', readLabel);
  return title === undefined || answers === undefined ? undefined : present({ title, text, answers, comment });
}

/** The parts of a question that may hold expressions, and those where one would not be evaluated. */
export function askSites({ title, text, answers, comment }: Ask, pointer: string): ExpressionSite[] {
  const site = (key: string, value: Json | undefined, use: ExpressionSite['use']): ExpressionSite[] =>
    value === undefined ? [] : [{ pointer: `${pointer}/${key}`, value, use }];
  return [
    ...site('title', title, 'value'),
    ...site('text', text, 'value'),
    ...site('answers', answers, 'constant'),
    ...site('comment', comment, 'constant'),
  ];
}

const readQuestion: Reader<string> = (at) => {
  const text = readText(at);
  return text?.trim() === '' ? complain(at, 'flow.bad-value', 'The title is the question; it cannot be empty.') : text;
};

const readLabel: Reader<string> = (at) => {
  const text = readText(at);
  if (text === undefined || (text.trim() !== '' && charactersOf(text) <= askLimits.label)) return text;
  return complain(at, 'flow.bad-value', `A label has 1 to ${askLimits.label} characters; put more into \`text\`.`);
};

const readAnswerName = readPattern(
  stepIdPattern,
  'flow.bad-id',
  'is not an answer that steps can compare; write a lower-case letter, then letters, digits and underscores, and what the button says as its value.',
);

function readAnswers(at: Cursor): Ask['answers'] | undefined {
  const names = keyCursors(at);
  if (at.node.type === 'object') checkAnswerNames(at, names);
  return readMap(readLabel)(at);
}

function checkAnswerNames(at: Cursor, names: readonly Cursor[]): void {
  if (names.length < 1 || names.length > askLimits.answers)
    complain(at, 'flow.bad-value', `A question has 1 to ${askLimits.answers} answers, not ${names.length}.`);
  for (const name of names) {
    if (String(name.node.value).length <= askLimits.answer) readAnswerName(name);
    else complain(name, 'flow.bad-value', `An answer has at most ${askLimits.answer} characters; what the button says is its value.`);
  }
}

/** As a JSON Schema counts them: by code point. */
function charactersOf(text: string): number {
  return [...text].length;
}
