import { Get, HttpCode, Inject, Post } from '@nestjs/common';
import { PLATFORM, type Platform } from '@millrace/platform';
import { Audited, type Done } from '../audit/audited.js';
import { ApiController } from '../api-controller.js';
import type { RotatedKey, SealKeyView } from '../wire/credential.js';
import { answering } from './faults.js';

/** The key that seals credentials, by its id: the key itself never leaves its place. */
@ApiController('key')
export class KeyController {
  constructor(@Inject(PLATFORM) private readonly platform: Platform) {}

  @Get()
  async get(): Promise<SealKeyView> {
    const [current = null, ...older] = await answering(() => this.platform.vault.keyIds());
    return { current, older };
  }

  @Post('rotate')
  @Audited('key.rotated', ({ answer }: Done<RotatedKey>) => ({ subject: answer.current }))
  @HttpCode(200)
  async rotate(): Promise<RotatedKey> {
    const { keyId, resealed } = await answering(() => this.platform.vault.rotateKey());
    await this.platform.catalog.reload();
    return { current: keyId, resealed };
  }
}
