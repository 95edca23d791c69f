import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply } from 'fastify';
import { ApiError } from './errors.js';
import { API_HEADERS, jsonText } from './json.js';

/** Answers in our form, and not in Fastify's, what fails before a route is found. */
export function answerUnroutable(error: { readonly code?: string }, _request: unknown, reply: FastifyReply): void {
  const { status, code, message } =
    error.code === 'FST_ERR_MAX_PARAM_LENGTH'
      ? new ApiError(404, 'route.not-found', 'There is nothing at this URL: a part of it is longer than any name there is.')
      : new ApiError(400, 'request.invalid', 'The URL of the request cannot be read. Check its percent-encoding.');
  void reply
    .code(status)
    .headers(API_HEADERS)
    .send(jsonText({ error: { code, message } }, undefined));
}

/** Answers an `Expect` that is not `100-continue`, the only one that there is (RFC 9110, section 10.1.1). */
export function answerExpectation(_request: IncomingMessage, response: ServerResponse): void {
  const message = 'The header Expect asks for something that is not understood; send the request without it.';
  const body = jsonText({ error: { code: 'request.expectation-failed', message } }, undefined);
  response.writeHead(417, { ...API_HEADERS, 'content-length': Buffer.byteLength(body), connection: 'close' }).end(body);
}

/** Answers what Node could not read as a request, and closes: where the next request would begin is not known. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  socket.write(answerText(explain(error.code)));
  socket.destroySoon();
}

function explain(code: string | undefined): ApiError {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new ApiError(
      431,
      'request.headers-too-large',
      'The request line and headers are larger than 16 KiB together. Send fewer or shorter ones.',
    );
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new ApiError(408, 'request.too-slow', 'The request did not arrive in time. Send it again.');
  return new ApiError(400, 'request.malformed', 'This is not a valid HTTP/1.1 request. Check its request line, headers and body length.');
}

function answerText({ status, code, message }: ApiError): string {
  const body = jsonText({ error: { code, message } }, undefined);
  const headers = { ...API_HEADERS, 'content-length': String(Buffer.byteLength(body)), connection: 'close' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', body].join('\r\n');
}
