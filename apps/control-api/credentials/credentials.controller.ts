import { Delete, Get, Headers, HttpCode, Inject, Param, Post, Put, Query, Req } from '@nestjs/common';
import { ApiError, notFound, PLATFORM, type Platform } from '@millrace/platform';
import type { FastifyRequest } from 'fastify';
import { Audited, Unaudited } from '../audit/audited.js';
import { ApiController } from '../api-controller.js';
import { readJsonObject } from '../http/read-json-object.js';
import {
  deleteCredentialQuery,
  type CredentialItem,
  type CredentialList,
  type NewSecret,
  type RemovedCredential,
  sealQuery,
  type SealedCredential,
  type TestedCredential,
  testBody,
} from '../wire/credential.js';
import { credentialItem, usersOf } from './credential-view.js';
import { answering } from './faults.js';
import { testAgainst, testByItself } from './credential-test.js';
import { followed, giveSecret, shortened, withGenerated } from './give-secret.js';

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

  /** `If-None-Match: *` makes a new one only: nobody's credential is replaced by mistake. */
  @Put(':name')
  @Audited('credential.sealed')
  async put(
    @Param('name') name: string,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
    @Headers('if-none-match') ifNoneMatch?: string,
  ): Promise<SealedCredential> {
    const { generate = false } = sealQuery.read(query);
    const given = await readJsonObject(request.raw);
    if (ifNoneMatch?.trim() === '*') this.refuseKnown(name);
    const { definition, secret } = generate ? withGenerated(given) : { definition: given, secret: null };
    const { warnings } = await answering(() => this.platform.vault.put(name, definition));
    await followed(this.platform);
    return { name, secret, warnings: warnings.map(({ message }) => message) };
  }

  /** Makes a new secret, or takes one, as the current one. */
  @Post(':name/secret')
  @Audited('credential.secret-added')
  @HttpCode(200)
  async addSecret(@Param('name') name: string, @Req() request: FastifyRequest): Promise<NewSecret> {
    return giveSecret(this.platform, name, request.raw);
  }

  /** Tries it here, or on an address of its owner's. What comes of it is no use that is remembered. */
  @Post(':name/test')
  @Unaudited('It changes nothing.')
  @HttpCode(200)
  async test(@Param('name') name: string, @Req() request: FastifyRequest): Promise<TestedCredential> {
    const { url } = await testBody.read(request.raw);
    const { catalog, config } = this.platform;
    if (!catalog.credentials.defined.has(name)) throw notFound('credential', shortened(name));
    const credential = catalog.credentials.get(name);
    if (!credential)
      throw new ApiError(409, 'credential.unusable', `${name} cannot be used yet, so there is nothing to test. Its state says why.`);
    return url === undefined ? testByItself(credential, new Date()) : testAgainst(credential, url, config.httpAllow);
  }

  @Delete(':name')
  @Audited('credential.removed')
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
    await followed(this.platform);
    return { removed };
  }

  private refuseKnown(name: string): void {
    if (!this.platform.catalog.credentials.defined.has(name)) return;
    throw new ApiError(412, 'credential.exists', `There is a credential ${shortened(name)} already: choose another name.`);
  }

  /** Where the file defines the name too, flows go on with that. */
  private async refuseWhileUsed(name: string): Promise<void> {
    const used = (await usersOf(this.platform)).get(name) ?? [];
    if (used.length === 0) return;
    const message = `${name} is used by ${used.join(', ')}: change these first, or remove it all the same with ?force=true; they are not enabled then.`;
    throw new ApiError(409, 'credential.in-use', message);
  }

  private async uses(): ReturnType<Platform['credentialUses']['all']> {
    await this.platform.credentialUses.flush();
    return this.platform.credentialUses.all();
  }
}
