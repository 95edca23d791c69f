import type { IncomingMessage } from 'node:http';
import type { Misfit, PlannedAsk, Resumed, ResumeRequest } from '@millrace/engine';
import { failure, json, Refused, refused, UNAUTHORIZED, type Answer } from '../door/answers.js';
import type { AskState } from './ask-state.js';
import { answeredPage, earlyPage, questionPage, takenPage } from './page.js';

/** Seconds until a caller may ask again whether a question is asked. */
const COME_AGAIN = '5';

/** The answer where nothing waits any more. */
export function gone(message: string): Answer {
  return failure(410, 'resume.over', message);
}

/** The answer to a request that was to resume a run. Throws a Refused where nothing waited for it. */
export function resumedAnswer(runId: string, resumed: Resumed): Answer {
  if (resumed === 'over') throw over(runId);
  return resumed === 'used' ? json(200, { runId, duplicate: true }) : json(202, { runId });
}

function over(runId: string): Refused {
  const answer = gone('Nothing waits for this any more: the run has gone on or ended.');
  return new Refused(answer, 'resume.over', `The run ${runId} had gone on or ended when the request came.`);
}

/** The refusal of a body that does not fit what a wait takes. */
export function unfit({ problem, pointers }: Misfit, asks: boolean): Refused {
  const what = asks ? 'This is no answer to the question' : "The body does not fit the step's schema";
  const message = `${what}: ${problem}. The run still waits.`;
  return new Refused(json(422, { error: { code: 'resume.schema', message, pointers } }), 'resume.schema', message);
}

/** The refusal of a method; a question can be looked at as well. */
export function wrongMethod(asks: boolean): Refused {
  if (!asks) return refused(405, 'method.not-allowed', 'This URL takes POST.', { allow: 'POST' });
  const message = 'This URL takes GET, which shows the question, and POST, which answers it.';
  return refused(405, 'method.not-allowed', message, { allow: 'GET, HEAD, POST' });
}

/** A browser asks for a name and a password once it is told that they are needed: its first request is no failure to record. */
export function challenge(): Refused {
  return new Refused(UNAUTHORIZED, 'credential.missing', 'No name and password came with the request yet.', false);
}

/** How a question stands, as JSON or as a page. Throws a Refused, which is not recorded, where it is over: programs follow every link. */
export function stateAnswer(runId: string, state: AskState, ask: PlannedAsk, page: boolean): Answer {
  switch (state.kind) {
    case 'asked':
      return page ? questionPage(state.question, ask, state.until) : json(200, { runId, ...questionView(state, ask) });
    case 'answered':
      return page ? answeredPage(state) : json(200, { runId, state: 'answered', ...saidView(state) });
    case 'early':
      return page ? earlyPage() : json(202, { runId, state: 'early' }, { 'retry-after': COME_AGAIN });
    case 'over':
      throw new Refused(gone(state.message), 'resume.over', state.message, false);
  }
}

/** The answer to who answered first. */
export function takenAnswer(runId: string, said: string, { answers }: PlannedAsk, page: boolean): Answer {
  return page ? takenPage(answers[said]!) : resumedAnswer(runId, 'kept');
}

/** The answer to who came later: what was answered before. Throws a Refused where nothing was. */
export function laterAnswer(runId: string, state: AskState, page: boolean): Answer {
  if (state.kind === 'over') throw new Refused(gone(state.message), 'resume.over', state.message);
  if (state.kind !== 'answered') throw over(runId);
  return page ? answeredPage(state) : json(200, { runId, duplicate: true, ...saidView(state) });
}

function questionView({ question, until }: Extract<AskState, { kind: 'asked' }>, { answers, comment }: PlannedAsk): object {
  return { state: 'asked', ...question, answers, ...(comment !== undefined && { comment }), until: iso(until) };
}

function saidView({ answer, at }: Extract<AskState, { kind: 'answered' }>): object {
  return { answer, answeredAt: iso(at) };
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** A request that only looks. */
export function isLook({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** A browser says that it takes HTML (RFC 9110, 12.5.1); programs take JSON, or anything. */
export function takesPages({ headers: { accept = '' } }: IncomingMessage): boolean {
  return accept.split(',').some((range) => {
    const [type, ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    return type === 'text/html' && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}

/** An answer as it is kept: forms send a comment that was left empty, and its line ends as CRLF (HTML, 4.10.21.8). */
export function tidied(body: ResumeRequest['body']): ResumeRequest['body'] {
  if (typeof body !== 'object' || body === null || Array.isArray(body) || typeof body['comment'] !== 'string') return body;
  const { comment, ...rest } = body;
  return comment.trim() === '' ? rest : { ...rest, comment: comment.replaceAll('\r\n', '\n') };
}
