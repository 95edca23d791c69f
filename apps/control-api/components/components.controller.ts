import { Get, Inject } from '@nestjs/common';
import type { AcceptedCredential, Component } from '@millrace/component-sdk';
import { PLATFORM, type Platform } from '@millrace/platform';
import { ApiController } from '../api-controller.js';
import type { ComponentList, ComponentView } from '../wire/component.js';

/** What steps can use: the built-in components and those of plugins. */
@ApiController('components')
export class ComponentsController {
  constructor(@Inject(PLATFORM) private readonly platform: Platform) {}

  @Get()
  list(): ComponentList {
    const items = [...this.platform.catalog.components.all.values()].map(componentView);
    return { items: items.sort((a, b) => (a.name < b.name ? -1 : 1)) };
  }
}

function componentView(component: Component): ComponentView {
  const { name, title, description = null, props, output = null, credential, effects = 'outside', timeout = null } = component;
  return { name, title, description, props, output, credential: credential ? acceptedView(credential) : null, effects, timeout };
}

function acceptedView({ types, required = false, recipes = [] }: AcceptedCredential): ComponentView['credential'] {
  return { types: [...types], required, recipes: recipes.map(({ help = null, ...recipe }) => ({ ...recipe, help })) };
}
