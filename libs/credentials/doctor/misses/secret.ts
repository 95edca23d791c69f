import type { SecretText } from '../../rotation.js';
import type { SecretRule } from '../../schemes/scheme.js';
import { proven, type Finding } from '../diagnosis.js';
import type { NearMiss, Patient } from '../patient.js';

type Decoding = NonNullable<SecretRule['decode']>;

const DECODINGS: readonly Decoding[] = ['utf8', 'base64', 'hex'];
const CALLED = { utf8: 'as the text that it is', base64: 'decoded from base64', hex: 'decoded from hexadecimal' } as const;
/** `whsec_`, `whpk_` and the like, which some vendors mean as part of the key and others do not. */
const MARK = /^[a-z]{2,8}_/;

/** The key is made from the right secret in another way. */
export function* secretMisses(patient: Patient): Iterable<NearMiss> {
  if (patient.scheme.algorithm === 'equals') return;
  yield* edgeMisses(patient);
  yield* decodingMisses(patient);
}

/** White space around the secret, on either side. */
export function* edgeMisses({ scheme, secrets }: Patient): Iterable<NearMiss> {
  const change = (edit: (text: string) => string): Partial<Patient> => ({ secrets: edited(secrets, edit) });
  const ours = 'Set the secret again without white space or quotes around it.';
  yield {
    change: change(trimmed),
    finding: whitespace('The configured secret has white space or quotes around it that the sender does not use.', ours),
  };
  const theirs = 'Have the sender remove the line break from its copy of the secret; files written by echo end in one.';
  // The bytes of a decoded secret have no line break to lose.
  if ((scheme.secret?.decode ?? 'utf8') !== 'utf8') return;
  for (const end of ['\n', '\r\n', ' ']) {
    yield {
      change: change((text) => text + end),
      finding: whitespace('The sender signs with the secret and white space after it.', theirs),
    };
  }
}

function whitespace(message: string, advice: string): Finding {
  return proven('secret.whitespace', message, advice);
}

function* decodingMisses({ scheme, secrets }: Patient): Iterable<NearMiss> {
  const { decode = 'utf8', stripPrefix = '' } = scheme.secret ?? {};
  const marks = new Set(['', stripPrefix, ...secrets.flatMap(({ text }) => MARK.exec(text)?.[0] ?? [])]);
  for (const other of [decode, ...DECODINGS.filter((kind) => kind !== decode)]) {
    for (const mark of marks) {
      if (other === decode && mark === stripPrefix) continue;
      const rule = { decode: other, ...(mark !== '' && { stripPrefix: mark }) };
      yield {
        change: { scheme: { ...scheme, secret: rule } },
        finding: decodingFinding({ decode, stripPrefix }, { decode: other, stripPrefix: mark }),
      };
    }
  }
}

function decodingFinding(ours: Required<SecretRule>, theirs: Required<SecretRule>): Finding {
  const setting = JSON.stringify(theirs.stripPrefix === '' ? { decode: theirs.decode } : theirs);
  const advice = `Set "secret" of the credential to ${setting}, or have the sender use the secret ${CALLED[ours.decode]}.`;
  if (ours.decode === theirs.decode) {
    const message = `The sender makes its key ${theirs.stripPrefix === '' ? 'from the whole secret' : `without "${theirs.stripPrefix}"`}, the credential ${ours.stripPrefix === '' ? 'from the whole of it' : `without "${ours.stripPrefix}"`}.`;
    return proven('secret.prefix', message, advice);
  }
  const message = `The sender uses the secret ${CALLED[theirs.decode]}, the credential ${CALLED[ours.decode]}.`;
  return proven('secret.encoding', message, advice);
}

function edited(secrets: readonly SecretText[], edit: (text: string) => string): readonly SecretText[] {
  return secrets.map((secret) => ({ ...secret, text: edit(secret.text) }));
}

function trimmed(text: string): string {
  return text.trim().replace(/^(["'])(.*)\1$/, '$2');
}
