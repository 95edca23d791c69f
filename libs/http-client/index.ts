export { bindFetch } from './bind-fetch.js';
export { createHttpClient, type HttpClient, type HttpClientOptions } from './client.js';
export { ExchangeError, TimeLimitError, type Exchange, type ExchangeOptions } from './exchange.js';
export type { Connect, Resolve } from './connector.js';
export { redact } from './redact.js';
export type { HttpRequest, RequestOptions } from './request.js';
