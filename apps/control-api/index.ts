import { Module, type DynamicModule } from '@nestjs/common';

@Module({})
class ControlModule {}

export function controlModule(_token: string): DynamicModule {
  return { module: ControlModule };
}
