import type { PlannedAsk, Question } from '@millrace/engine';
import type { Answer } from '../door/answers.js';
import { Html, markup } from './html.js';
import { CONTENT_SECURITY_POLICY, STYLE } from './page-style.js';

/** Its URL lets whoever has it answer: no other site, no search engine and no cache may learn it. */
const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-robots-tag': 'noindex, nofollow',
  vary: 'accept',
};

/** Seconds until the page of a question that is not asked yet looks again. */
const LOOK_AGAIN_SECONDS = '5';

/** What somebody answered, as its button says it, and when: milliseconds since the epoch. */
export interface Said {
  readonly label: string;
  readonly at: number;
}

/** The question with its buttons. `until` is when it is over, in milliseconds since the epoch. */
export function questionPage({ title, text }: Question, { answers, comment, mostComment }: PlannedAsk, until: number): Answer {
  return page(200, title, [
    markup`<h1 dir="auto">${title}</h1>`,
    text === undefined ? undefined : markup`<p class="text" dir="auto">${text}</p>`,
    markup`<form method="post">${comment === undefined ? undefined : commentField(comment, mostComment)}`,
    markup`<div class="answers">${Object.entries(answers).map(button)}</div></form>`,
    markup`<p class="dim">You can answer until ${time(until)}.</p>`,
  ]);
}

function commentField(label: string, most: number): Html {
  return markup`<label for="comment" dir="auto">${label}</label><textarea id="comment" name="comment" maxlength="${String(most)}" dir="auto"></textarea>`;
}

function button([answer, label]: readonly [string, string], at: number): Html {
  return markup`<button name="answer" value="${answer}" class="${at === 0 ? 'first' : 'other'}" dir="auto">${label}</button>`;
}

/** Of an answer that was written down. */
export function takenPage(label: string): Answer {
  return messagePage(202, 'Thank you', markup`You answered: <strong dir="auto">${label}</strong>. You can close this page.`);
}

/** Of a question that somebody has answered. */
export function answeredPage({ label, at }: Said): Answer {
  const words = markup`The answer was <strong dir="auto">${label}</strong>, on ${time(at)}. You can close this page.`;
  return messagePage(200, 'This was answered already', words);
}

/** Of a question that the run has not come to; it looks again by itself. */
export function earlyPage(): Answer {
  const words = markup`The run has not come to this question. This page looks again every few seconds; you can leave it open.`;
  const answer = messagePage(202, 'Not asked yet', words);
  return { ...answer, headers: { ...answer.headers, refresh: LOOK_AGAIN_SECONDS } };
}

/** The same as a refusal, for a person. What its headers say to the browser stays. */
export function refusalPage(refusal: Answer): Answer {
  const { status, headers } = refusal;
  const back = LEAD_BACK.has(status) ? markup`<p><a href="">Back to the question</a></p>` : undefined;
  const answer = messagePage(status, TITLES[status] ?? 'That did not work', markup`${messageOf(refusal)}`, back);
  return { ...answer, headers: { ...headers, ...answer.headers } };
}

const TITLES: Readonly<Record<number, string>> = {
  401: 'Your name and password are needed',
  404: 'This link does not work',
  410: 'Nobody waits for an answer any more',
  422: 'This answer is not taken',
  503: 'This cannot be answered now',
};

/** Who is sent back to the question can do something else there, or the same once more. */
const LEAD_BACK: ReadonlySet<number> = new Set([400, 408, 413, 415, 422, 429, 503]);

function messageOf({ body = '{}' }: Answer): string {
  return (JSON.parse(body) as { error?: { message?: string } }).error?.message ?? '';
}

function messagePage(status: number, title: string, words: Html, more?: Html): Answer {
  return page(status, title, [markup`<h1>${title}</h1><p role="status">${words}</p>`, more]);
}

function page(status: number, title: string, content: readonly (Html | undefined)[]): Answer {
  const { text } = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${new Html(STYLE)}</style>
</head>
<body><main>${content}</main></body>
</html>
`;
  return { status, headers: PAGE_HEADERS, body: text };
}

/** In UTC, and saying so: a page without script cannot know where it is read. */
const MOMENT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });

function time(at: number): Html {
  const moment = new Date(at);
  return markup`<time datetime="${moment.toISOString()}">${MOMENT.format(moment)} UTC</time>`;
}
