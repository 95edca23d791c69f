import { casesSchemaText } from '../../dist/libs/cases/index.js';
import { builtinComponents } from '../../dist/libs/components/index.js';
import { SETTINGS } from '../../dist/libs/config/index.js';
import { openApiDocument } from '../../dist/apps/control-api/index.js';
import { commands } from '../../dist/apps/millrace/commands/index.js';
import { codeSchemes, handshakes, evidence, schemeAliases, schemes } from '../../dist/libs/credentials/index.js';
import { endpointsSchemaText, flowSchemaText, problemCodes } from '../../dist/libs/flow/index.js';
import { commandPage } from './commands.mjs';
import { componentPage } from './components.mjs';
import { configurationPage } from './configuration.mjs';
import { httpApiPage } from './http-api.mjs';
import { problemPage } from './problems.mjs';
import { schemePage } from './schemes.mjs';

/** Every generated file by its path, with its text. */
export function pages() {
  const api = openApiDocument();
  return {
    'docs/reference/command-line.md': commandPage(commands),
    'docs/reference/components.md': componentPage(builtinComponents),
    'docs/reference/configuration.md': configurationPage(SETTINGS),
    'docs/reference/http-api.md': httpApiPage(api),
    'docs/reference/openapi.json': `${JSON.stringify(api, null, 2)}\n`,
    'docs/reference/problems.md': problemPage(problemCodes),
    'docs/reference/signature-schemes.md': schemePage({ schemes, aliases: schemeAliases, codeSchemes, handshakes, evidence }),
    'flows/endpoints.schema.json': endpointsSchemaText(),
    'flows/cases.schema.json': casesSchemaText(),
    'flows/flow.schema.json': flowSchemaText(),
  };
}
