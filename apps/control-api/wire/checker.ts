import { Ajv, type Options } from 'ajv';
import addFormats from 'ajv-formats';

/** A compiler of schemas that checks the formats they name, too. */
export function checkerWith(options: Options): Ajv {
  const ajv = new Ajv(options);
  (addFormats as unknown as (ajv: Ajv) => void)(ajv);
  return ajv;
}
