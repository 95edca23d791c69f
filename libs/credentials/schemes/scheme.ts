/** How the signature is made. `equals`: no signature at all, the secret itself is sent (GitLab's token, Okta). */
export const algorithms = ['sha256', 'sha1', 'sha384', 'sha512', 'ed25519', 'ecdsa-p256-sha256', 'equals'] as const;
export type Algorithm = (typeof algorithms)[number];

export const encodings = ['hex', 'base64'] as const;
export type Encoding = (typeof encodings)[number];

export const timeUnits = ['s', 'ms', 'iso8601'] as const;
export type TimeUnit = (typeof timeUnits)[number];

export interface TimestampRule {
  /** `header:<name>`, `json:/<pointer>` into the body, or `sig:<prefix>`: another item of the signature header (`sig:t=`). */
  readonly from: string;
  readonly unit: TimeUnit;
  /** How far the time may lie from now, in both directions. Default 300. */
  readonly toleranceSeconds?: number;
}

/** From the secret as the vendor shows it to the key bytes. */
export interface SecretRule {
  /** Removed from the start where present. */
  readonly stripPrefix?: string;
  /** Default `utf8`. */
  readonly decode?: 'utf8' | 'base64' | 'hex';
}

/** How one vendor signs, as data. The same object verifies and signs. */
export interface SignatureScheme {
  /** Where the signature travels. Several names are spellings of one header: exactly one may be sent, the first is used for signing. */
  readonly header?: string | readonly string[];
  /** Instead of `header`: `json:/<pointer>` to a signature inside the body. */
  readonly signature?: string;
  readonly algorithm: Algorithm;
  /** Default `hex`. */
  readonly encoding?: Encoding;
  /** The literal before the digest, required: `sha256=`, `v1,`. */
  readonly prefix?: string;
  /** One character: the header is a list, and any item with the prefix may match. Absent: the whole value is one item. */
  readonly separator?: string;
  /** What is signed: `{body}`, `{timestamp}`, `{method}`, `{url}`, `{header:X}`, `{json:/p}`, the rest literal. Default `{body}`. */
  readonly signed?: string;
  readonly timestamp?: TimestampRule;
  readonly secret?: SecretRule;
  /** The URL may also have been signed with the escapes of reserved characters (`%3A`, `%2F`, …) decoded. */
  readonly orUnescapedUrl?: boolean;
  /** `header:<name>` or `json:/<pointer>`: what identifies a message. Must be signed. */
  readonly id?: string;
}
