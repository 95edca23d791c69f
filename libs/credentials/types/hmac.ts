import { hasControl } from '../bytes.js';
import { defineCredential, type Credential, type SecretRef } from '../credential.js';
import { diagnoseCodeScheme } from '../doctor/code-scheme.js';
import { diagnoseSignature } from '../doctor/signature.js';
import { diagnoseToken } from '../doctor/token.js';
import { greetingOf, type Greeting } from '../handshakes/greeting.js';
import { pointer } from '../problem.js';
import { headerValues, type IncomingRequest } from '../request.js';
import { secretTexts, type RotatingSecretRef, type SecretText } from '../rotation.js';
import { isPrivate, readKey, withoutPrefix, type Key } from '../schemes/keys.js';
import { findCodeScheme, type CodeScheme } from '../schemes/code/index.js';
import { signByCode, verifyByCode } from '../schemes/code/run.js';
import { findScheme, schemeNames } from '../schemes/presets/index.js';
import { compileScheme, type Recipe } from '../schemes/recipe.js';
import { algorithms, encodings, timeUnits, type SignatureScheme, type TimestampRule } from '../schemes/scheme.js';
import { signRequest } from '../schemes/sign.js';
import { describeSource } from '../schemes/source.js';
import { verifySignature } from '../schemes/verify.js';
import type { SecretCarriers } from '../verdict.js';
import {
  entrySchema,
  freeKeys,
  secretListSchema,
  secretRefSchema,
  viewOf,
  type Build,
  type CommonConfig,
  type CredentialType,
} from './type.js';

/** A preset by name, single fields of which may be overridden, or all fields of a scheme of one's own. */
export interface HmacConfig extends CommonConfig, Partial<Omit<SignatureScheme, 'timestamp'>> {
  readonly type: 'hmac';
  readonly scheme?: string;
  readonly timestamp?: Partial<TimestampRule>;
  /** The text that is typed in at the vendor for its handshake, where it wants one (Meta). */
  readonly verifyToken?: SecretRef;
  /** The current one first; older ones stay valid until they are removed or their `notAfter` passes. */
  readonly secrets: readonly RotatingSecretRef[];
}

const HEADER_NAME_PATTERN = "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$";

const headerName = { type: 'string', pattern: HEADER_NAME_PATTERN, description: 'A header name' } as const;

/** A signature over the exact bytes of the request; despite its name, public keys and fixed tokens as well. */
export const hmac: CredentialType<HmacConfig> = {
  name: 'hmac',
  schema: entrySchema(
    'hmac',
    'A signature over the request, by a vendor\'s "scheme" or by fields of your own.',
    {
      scheme: { type: 'string', enum: schemeNames, description: 'The vendor whose way of signing this is' },
      header: {
        anyOf: [headerName, { type: 'array', items: headerName, minItems: 1, maxItems: 4 }],
        description: 'The header that holds the signature, or a list of spellings of it',
      },
      signature: { type: 'string', pattern: '^json:/', description: 'json:/<pointer> to a signature inside the body' },
      algorithm: { enum: algorithms },
      encoding: { enum: encodings, default: 'hex' },
      prefix: { type: 'string', pattern: '^[\\x20-\\x7e]*$', description: 'Printable ASCII before the digest, such as "sha256="' },
      separator: { type: 'string', pattern: '^[\\x20-\\x7e]$', description: 'One character between several signatures' },
      signed: { type: 'string', minLength: 1, default: '{body}', description: 'What is signed, such as "{timestamp}.{body}"' },
      timestamp: {
        type: 'object',
        properties: {
          from: { type: 'string', description: 'header:<name>, json:/<pointer> or sig:<prefix>' },
          unit: { enum: timeUnits },
          toleranceSeconds: { type: 'integer', minimum: 1, maximum: 86400, default: 300 },
        },
        patternProperties: freeKeys,
        additionalProperties: false,
      },
      secret: {
        type: 'object',
        properties: { stripPrefix: { type: 'string' }, decode: { enum: ['utf8', 'base64', 'hex'], default: 'utf8' } },
        patternProperties: freeKeys,
        additionalProperties: false,
      },
      orUnescapedUrl: { type: 'boolean', description: 'Whether the URL may be signed with reserved characters unescaped' },
      id: { type: 'string', description: 'header:<name> or json:/<pointer> to what identifies a message' },
      verifyToken: { ...secretRefSchema, description: 'A reference to the text that the vendor sends to verify the URL (Meta)' },
      secrets: secretListSchema,
    },
    ['secrets'],
  ),
  create: createHmac,
};

function createHmac(config: HmacConfig, build: Build): Credential | undefined {
  const code = findCodeScheme(config.scheme);
  if (code !== undefined) return createByCode(config, code, build);
  const scheme = resolveScheme(config, build);
  const texts = secretTexts(config.secrets, '/secrets', build);
  if (scheme === undefined) return undefined;
  const recipe = compileScheme(scheme, build.report);
  const keys = texts.flatMap((text) => keyOf(text, scheme, build));
  return recipe && assemble(scheme, recipe, keys, texts, build, greetingOf(config, keys, build));
}

/** What an entry may say beside a scheme that is code. */
const BESIDE_CODE = ['type', 'scheme', 'secrets', 'baseUrl', 'note'];

function createByCode(config: HmacConfig, scheme: CodeScheme, build: Build): Credential | undefined {
  const override = Object.keys(config).find((key) => !BESIDE_CODE.includes(key) && !key.startsWith('x-'));
  if (override !== undefined) {
    const message = `"${override}" cannot be changed: the scheme "${config.scheme}" is not made of such fields. Remove it.`;
    build.report('credential.bad-scheme', pointer('', override), message);
  }
  const material: SignatureScheme = { algorithm: scheme.digest === 'sha1' ? 'sha1' : 'sha256' };
  const secrets = secretTexts(config.secrets, '/secrets', build);
  const keys = secrets.flatMap((text) => keyOf(text, material, build));
  const verify: Credential['verify'] = (request, now) => verifyByCode(scheme, keys, request, now);
  return defineCredential({
    name: build.name,
    type: 'hmac',
    view: viewOf(build),
    secrets: secrets.map(({ text }) => text),
    verify,
    diagnose: (request, now) => diagnoseCodeScheme({ scheme, material, secrets, verify }, request, now),
    apply: (request, context) => signByCode(build.name, scheme, keys, request, context),
  });
}

/** The preset with the entry's own fields over it; undefined after a report. */
function resolveScheme(config: HmacConfig, build: Build): SignatureScheme | undefined {
  const preset = config.scheme === undefined ? undefined : findScheme(config.scheme);
  const algorithm = config.algorithm ?? preset?.algorithm;
  if (algorithm === undefined) {
    build.report('credential.bad-scheme', '', 'Name a "scheme", or describe one: at least "header" and "algorithm".');
    return undefined;
  }
  return { ...mergeScheme(config, preset), algorithm };
}

function mergeScheme(config: HmacConfig, preset: SignatureScheme | undefined): Omit<SignatureScheme, 'algorithm'> {
  const {
    type: _type,
    scheme: _scheme,
    secrets: _secrets,
    verifyToken: _verifyToken,
    baseUrl: _baseUrl,
    note: _note,
    timestamp,
    secret,
    ...own
  } = config;
  // Where the signature is, is said in one of two ways; the entry's own replaces either of the preset's.
  const { header, signature, ...rest } = preset ?? {};
  const place = own.header === undefined && own.signature === undefined ? { header, signature } : {};
  return {
    ...rest,
    ...place,
    ...own,
    // compileScheme reports what is still missing of it.
    timestamp: timestamp || preset?.timestamp ? ({ ...preset?.timestamp, ...timestamp } as TimestampRule) : undefined,
    secret: secret ?? preset?.secret,
  };
}

function keyOf(secret: SecretText, scheme: SignatureScheme, build: Build): Key[] {
  checkEdges(secret, scheme, build);
  const key = readKey(secret, scheme, build.report, build.warn);
  return key === undefined ? [] : [key];
}

function checkEdges(secret: SecretText, { algorithm }: SignatureScheme, { report, warn }: Build): void {
  const { text, label } = secret;
  const path = pointer(secret.path, 'env');
  if (hasControl(text)) {
    report('credential.secret-unusable', path, `The value of ${label} holds a line break or control character: copy the secret alone.`);
  }
  if (text.trim() === text) return;
  // HTTP trims header values, so that such a token could never match; a key may end as it likes, but rarely does.
  const tell = algorithm === 'equals' ? report : warn;
  tell('credential.secret-padded', path, `The value of ${label} starts or ends with white space: check that it belongs to the secret.`);
}

function assemble(
  scheme: SignatureScheme,
  recipe: Recipe,
  keys: readonly Key[],
  texts: readonly SecretText[],
  build: Build,
  greeting: Greeting,
): Credential {
  const carriers = carriersOf(recipe);
  const verify: Credential['verify'] = (request, now) => verifySignature(recipe, keys, carriers, request, now);
  const redacted = isPrivate(scheme.algorithm) ? texts.flatMap(({ text }) => [text, withoutPrefix(text, scheme.secret)]) : [];
  return defineCredential({
    name: build.name,
    type: 'hmac',
    view: viewOf(build),
    carriers: { ...carriers, query: [...carriers.query, ...greeting.queries] },
    secrets: [...redacted, ...greeting.secrets],
    ...(greeting.handshake && { handshake: greeting.handshake }),
    verify,
    diagnose: diagnosis(scheme, recipe, texts, verify),
    apply: (request, context) => signRequest(build.name, recipe, keys, request, context),
  });
}

/** A fixed token fails in other ways than a signature. */
function diagnosis(
  scheme: SignatureScheme,
  { signature, prefix }: Recipe,
  secrets: readonly SecretText[],
  verify: Credential['verify'],
): Credential['diagnose'] {
  if (scheme.algorithm !== 'equals' || signature.kind !== 'header')
    return (request, now) => diagnoseSignature({ scheme, secrets, verify }, request, now);
  const check = { place: describeSource(signature), prefix, secrets: secrets.map(({ text }) => text), verify };
  const sent = (request: IncomingRequest): string[] => headerValues(request, signature.names);
  return (request, now) => diagnoseToken({ ...check, sent }, request, now);
}

/** A signature is no secret; a token that is compared as it is, is one. */
function carriersOf({ algorithm, signature }: Recipe): SecretCarriers {
  return { headers: algorithm === 'equals' && signature.kind === 'header' ? signature.names : [], query: [] };
}
