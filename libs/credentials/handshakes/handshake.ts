/**
 * A place in the request: `json:/<pointer>`, `form:<name>`, `query:<name>` or `header:<name>`. In an answer also
 * `hmac-hex:<place>` and `hmac-base64:<place>`: the HMAC-SHA256 of the value there, with the credential's secret.
 */
export type Place = string;

/** What must hold of the value at a place. */
export interface Test {
  readonly at: Place;
  /** The value itself; without it the place must hold anything at all. */
  readonly is?: string | number;
  /** Must match the value as text, or the place must be empty. */
  readonly like?: RegExp;
  /** Nothing may be there. */
  readonly absent?: true;
  /** The value is the credential's `verifyToken`. */
  readonly isVerifyToken?: true;
}

/** How one vendor asks whether a URL belongs to us, and what it wants to hear. */
export interface Handshake {
  readonly method: 'GET' | 'HEAD' | 'POST';
  /** Answered only once the signature holds. */
  readonly signed?: true;
  readonly when?: readonly Test[];
  readonly answer: {
    readonly status: 200 | 204;
    readonly type?: 'text/plain' | 'application/json';
    /** Places stand between angle brackets: in JSON as JSON strings, in text as they are. */
    readonly body?: string;
  };
}
