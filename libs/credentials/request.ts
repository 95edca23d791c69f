/** One incoming request as the wire had it. */
export interface IncomingRequest {
  /** Upper case, as HTTP has it. */
  readonly method: string;
  /** Public base URL + path + raw query, from configuration: never from `Host` or a forwarding header, which the caller chooses. */
  readonly url: string;
  /** `[name, value, name, value, …]` exactly as received (`rawHeaders` of Node: values are latin1 strings, one character per byte). */
  readonly rawHeaders: readonly string[];
  /** The exact bytes: never decoded, never rebuilt. */
  readonly body: Uint8Array;
}

/** One outgoing request, complete: a signature covers what is here, so nothing may be changed after `apply`. */
export interface OutgoingRequest {
  readonly method: string;
  /** The address as it will be sent, query included. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** Every value received under one of the names (lower case), in order of arrival. Empty values count. */
export function headerValues(request: IncomingRequest, names: readonly string[]): string[] {
  const values: string[] = [];
  for (let at = 0; at + 1 < request.rawHeaders.length; at += 2) {
    if (names.includes(request.rawHeaders[at]?.toLowerCase() ?? '')) values.push(request.rawHeaders[at + 1] ?? '');
  }
  return values;
}

/** The same headers with one set: a spelling in another case is replaced, not doubled. */
export function withHeader(headers: Readonly<Record<string, string>>, name: string, value: string): Record<string, string> {
  const others = Object.entries(headers).filter(([other]) => other.toLowerCase() !== name.toLowerCase());
  return { ...Object.fromEntries(others), [name]: value };
}
