import { Ajv, type Format, type Options } from 'ajv';
import addFormats from 'ajv-formats';

/** The first moment of the year 1: PostgreSQL knows no year 0. */
const FIRST_MS = Date.parse('0001-01-01T00:00:00Z');

/** A compiler of schemas that checks the formats they name, too. */
export function checkerWith(options: Options): Ajv {
  const ajv = new Ajv(options);
  (addFormats as unknown as (ajv: Ajv) => void)(ajv);
  ajv.addFormat('date-time', usable(ajv.formats['date-time']));
  return ajv;
}

/** RFC 3339 has more times than we can read: leap seconds are none that `Date` knows, nor are offsets of hours alone. */
function usable(format: Format | undefined): (text: string) => boolean {
  const { validate } = format as { validate: (text: string) => boolean };
  return (text) => validate(text) && Date.parse(text) >= FIRST_MS;
}
