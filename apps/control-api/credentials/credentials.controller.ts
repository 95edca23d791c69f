import { Delete, Get, HttpCode, Inject, Param, Post, Put, Query, Req } from '@nestjs/common';
import { generateSecret } from '@millrace/credentials';
import { ApiError, notFound, PLATFORM, type Platform } from '@millrace/platform';
import type { FastifyRequest } from 'fastify';
import { ApiController } from '../api-controller.js';
import { readJsonObject } from '../http/read-json-object.js';
import {
  deleteCredentialQuery,
  type CredentialItem,
  type CredentialList,
  type NewSecret,
  type RemovedCredential,
  type SealedCredential,
} from '../wire/credential.js';
import { credentialItem, usersOf } from './credential-view.js';
import { answering } from './faults.js';
import { readSecretOrder } from './secret-order.js';

/** Credentials are written here and never read out: what an answer holds of a sealed one is its definition. */
@ApiController('credentials')
export class CredentialsController {
  constructor(@Inject(PLATFORM) private readonly platform: Platform) {}

  @Get()
  async list(): Promise<CredentialList> {
    const { credentials } = this.platform.catalog;
    const [users, uses] = await Promise.all([usersOf(this.platform), this.uses()]);
    const defined = [...credentials.defined.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    return { items: defined.map((one) => credentialItem(one, credentials, users, uses.get(one.name))) };
  }

  @Get(':name')
  async get(@Param('name') name: string): Promise<CredentialItem> {
    const { credentials } = this.platform.catalog;
    const defined = credentials.defined.get(name);
    if (!defined) throw notFound('credential', shortened(name));
    const [users, uses] = await Promise.all([usersOf(this.platform), this.uses()]);
    return credentialItem(defined, credentials, users, uses.get(name));
  }

  @Put(':name')
  async put(@Param('name') name: string, @Req() request: FastifyRequest): Promise<SealedCredential> {
    const definition = await readJsonObject(request.raw);
    const { warnings } = await answering(() => this.platform.vault.put(name, definition));
    await this.followed();
    return { name, warnings: warnings.map(({ message }) => message) };
  }

  /** Makes a new secret, or takes one, as the current one. */
  @Post(':name/secret')
  @HttpCode(200)
  async addSecret(@Param('name') name: string, @Req() request: FastifyRequest): Promise<NewSecret> {
    const { secret: given, keepUntil } = readSecretOrder(await readJsonObject(request.raw), Date.now());
    const fallback = this.platform.catalog.credentials.defined.get(name)?.definition;
    const secret = given ?? generated(name, fallback);
    const { warnings } = await answering(() => this.platform.vault.addSecret(name, secret, { fallback, keepUntil }));
    await this.followed();
    return {
      name,
      secret: given === undefined ? secret : null,
      keepUntil: keepUntil ?? null,
      warnings: warnings.map(({ message }) => message),
    };
  }

  @Delete(':name')
  async remove(@Param('name') name: string, @Query() query: unknown): Promise<RemovedCredential> {
    const { force = false } = deleteCredentialQuery.read(query);
    const { credentials } = this.platform.catalog;
    const defined = credentials.defined.get(name);
    if (defined?.source === 'file') {
      throw new ApiError(
        409,
        'credential.in-file',
        `${name} is defined in the credentials file and nothing is sealed under it: remove it there.`,
      );
    }
    if (!force && defined?.shadowsFile !== true) await this.refuseWhileUsed(name);
    const removed = await this.platform.vault.remove(name);
    if (!removed) throw notFound('credential', shortened(name));
    if (defined?.shadowsFile !== true) await this.platform.credentialUses.forget(name);
    await this.followed();
    return { removed };
  }

  /** Where the file defines the name too, flows go on with that. */
  private async refuseWhileUsed(name: string): Promise<void> {
    const used = (await usersOf(this.platform)).get(name) ?? [];
    if (used.length === 0) return;
    const message = `${name} is used by ${used.join(', ')}: change these first, or remove it all the same with ?force=true; they are not enabled then.`;
    throw new ApiError(409, 'credential.in-use', message);
  }

  /** What was sealed is sealed, also when the flows cannot be read again just now; the next look finds it. */
  private async followed(): Promise<void> {
    const { catalog, log } = this.platform;
    await catalog.reload().catch((error: unknown) => log.warn({ reason: (error as Error).message }, 'The flows could not be read again'));
  }

  private async uses(): ReturnType<Platform['credentialUses']['all']> {
    await this.platform.credentialUses.flush();
    return this.platform.credentialUses.all();
  }
}

function generated(name: string, definition: unknown): string {
  if (definition === undefined) throw notFound('credential', shortened(name));
  const made = generateSecret(definition);
  if ('refused' in made) throw new ApiError(422, 'credential.takes-no-secret', made.refused);
  return made.secret;
}

function shortened(name: string): string {
  return JSON.stringify(name.slice(0, 80));
}
