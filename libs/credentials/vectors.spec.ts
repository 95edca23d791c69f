import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  codeSchemes,
  createCredential,
  diagnose,
  schemes,
  verify,
  type Credential,
  type CredentialConfig,
  type IncomingRequest,
  type Verdict,
} from './index.js';

interface Vector {
  id: string;
  scheme: string;
  method: string;
  url: string;
  headers: Record<string, string | string[]>;
  bodyUtf8?: string;
  bodyBase64?: string;
  secret: string;
  secrets?: string[];
  now: number;
  valid: boolean;
  why: string;
}

const file = resolve(process.cwd(), '../shared/vectors/signatures.json');
const present = existsSync(file);
const vectors = present ? (JSON.parse(readFileSync(file, 'utf8')) as Vector[]) : [];
/** Schemes that are code are marked in the file. */
const nameOf = ({ scheme }: Vector): string => scheme.replace(/^code:/, '');
const isOurs = (vector: Vector): boolean => Object.hasOwn(schemes, vector.scheme) || Object.hasOwn(codeSchemes, nameOf(vector));
const ours = vectors.filter(isOurs);
const others = vectors.filter((vector) => !isOurs(vector));

function requestOf(vector: Vector): IncomingRequest {
  const lines = Object.entries(vector.headers).flatMap(([name, value]) => [value].flat().map((line) => [name, line]));
  const rawHeaders = lines.flat().map((text) => Buffer.from(text, 'utf8').toString('latin1'));
  const body = vector.bodyBase64 === undefined ? Buffer.from(vector.bodyUtf8 ?? '', 'utf8') : Buffer.from(vector.bodyBase64, 'base64');
  return { method: vector.method, url: vector.url, rawHeaders, body };
}

function credentialOf(vector: Vector): Credential | undefined {
  const values = vector.secrets ?? [vector.secret];
  const config: CredentialConfig = { type: 'hmac', scheme: nameOf(vector), secrets: values.map((_, at) => ({ env: `SECRET_${at}` })) };
  return createCredential('vector', config, ({ env }) => values[Number(env.slice('SECRET_'.length))]).credential;
}

/** A secret that is refused at creation verifies nothing. */
function verdictOf(vector: Vector): Verdict | undefined {
  const credential = credentialOf(vector);
  return credential && verify(credential, requestOf(vector), new Date(vector.now * 1000));
}

function countBy(list: readonly Vector[]): string {
  const counts = new Map<string, number>();
  for (const { scheme } of list) counts.set(scheme, (counts.get(scheme) ?? 0) + 1);
  return [...counts].map(([scheme, count]) => `${scheme} (${count})`).join(', ');
}

describe('signature vectors', () => {
  beforeAll(() => {
    if (!present) return console.log(`Skipped: no vectors at ${file}.`);
    console.log(`${ours.length} vectors checked: ${countBy(ours)}`);
    console.log(`${others.length} vectors of schemes that are not known, not checked: ${others.map(({ id }) => id).join(', ')}`);
  });

  // Jest wants a table to have rows and a suite to have tests, with or without the file.
  it('every scheme of the file is known', () => {
    expect(others.map(({ id }) => id)).toEqual([]);
  });

  it('only empty secrets are refused before a request arrives', () => {
    const refused = ours.filter((vector) => credentialOf(vector) === undefined).map(({ id }) => id);
    expect(refused.filter((id) => !id.includes('empty-secret'))).toEqual([]);
  });

  it('a header line that was sent twice is the only thing answered with 400', () => {
    const twice = ours.filter(({ headers }) => Object.values(headers).some(Array.isArray)).map(({ id }) => id);
    const answered = ours.filter((vector) => {
      const verdict = verdictOf(vector);
      return verdict?.ok === false && verdict.status === 400;
    });
    expect(answered.map(({ id }) => id)).toEqual(twice);
  });

  it('every refusal is explained, without the secret', () => {
    const refused = ours.flatMap((vector) => {
      const credential = credentialOf(vector);
      return credential && !vector.valid
        ? [{ vector, diagnosis: diagnose(credential, requestOf(vector), new Date(vector.now * 1000)) }]
        : [];
    });
    expect(refused.filter(({ diagnosis }) => diagnosis.findings.length === 0).map(({ vector }) => vector.id)).toEqual([]);
    const leaking = refused.filter(({ vector, diagnosis }) => vector.secret !== '' && JSON.stringify(diagnosis).includes(vector.secret));
    expect(leaking.map(({ vector }) => vector.id)).toEqual([]);
  });

  for (const vector of ours) {
    it(`${vector.valid ? 'accepts' : 'refuses'} ${vector.id}: ${vector.why}`, () => {
      expect(verdictOf(vector)?.ok ?? false).toBe(vector.valid);
    });
  }
});
