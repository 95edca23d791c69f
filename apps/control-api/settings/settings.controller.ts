import { Get, Inject } from '@nestjs/common';
import { SETTINGS } from '@millrace/config';
import { PLATFORM, type Platform } from '@millrace/platform';
import { ApiController } from '../api-controller.js';
import type { SettingsView } from '../wire/settings.js';

const FACTS = `select current_setting('server_version') as version, pg_database_size(current_database())::text as bytes`;

/** What this instance was told, and where from. Read only: settings are the environment's. */
@ApiController('settings')
export class SettingsController {
  constructor(@Inject(PLATFORM) private readonly platform: Platform) {}

  @Get()
  async get(): Promise<SettingsView> {
    const { config, database } = this.platform;
    const { rows } = await database.pool.query<{ version: string; bytes: string }>(FACTS);
    return {
      settings: Object.values(SETTINGS).map((setting) => settingView(setting, config.variable(setting.variable))),
      runtime: process.version,
      database: {
        kind: config.databaseUrl === undefined ? 'private' : 'own',
        version: rows[0]?.version ?? '',
        bytes: Number(rows[0]?.bytes ?? 0),
      },
      queue: config.redisUrl === undefined ? 'postgres' : 'redis',
    };
  }
}

type Setting = (typeof SETTINGS)[keyof typeof SETTINGS];

/** Of a secret only whether it was given. */
function settingView(
  { variable, about, shownDefault, isSecret = false }: Setting,
  given: string | undefined,
): SettingsView['settings'][number] {
  const isSet = given !== undefined && given !== '';
  return { variable, about, value: isSecret ? null : (isSet ? given : shownDefault) || null, isSet, isSecret };
}
