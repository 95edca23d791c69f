import { Module, type DynamicModule } from '@nestjs/common';
import type { Platform } from './platform.js';

/** Injects the Platform. */
export const PLATFORM = Symbol('platform');

@Module({})
export class PlatformModule {
  static forRoot(platform: Platform): DynamicModule {
    return { module: PlatformModule, global: true, providers: [{ provide: PLATFORM, useValue: platform }], exports: [PLATFORM] };
  }
}
