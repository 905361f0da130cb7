import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';
import { ServiceDocuments } from './service-documents.js';

/** OpenAPI 3.1 of the services in this process, made when it is first asked for. */
export class OpenApi {
  private app: INestApplication | null = null;
  private made: OpenAPIObject | null = null;

  /** Told once the application is put together. */
  describes(app: INestApplication): void {
    this.app = app;
  }

  document(): OpenAPIObject {
    if (!this.app) throw new Error('The OpenAPI document is asked for before there is an application');
    this.made ??= make(this.app);
    return this.made;
  }
}

function make(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Relance')
    .setDescription(
      'Errors are RFC 9457 problem+json. Lists answer {items, nextCursor}. Durations are ISO 8601, instants RFC 3339.',
    )
    .setVersion('1')
    .setLicense('Apache-2.0', '')
    .setOpenAPIVersion('3.1.1')
    .addBearerAuth()
    .addSecurityRequirements('bearer')
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    autoTagControllers: false,
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}.${method}`,
    standardSchemaConverter: (schema, { schemaType }) => {
      if (!(schema instanceof z.ZodType)) return undefined;
      const {
        $schema: _schema,
        $defs,
        ...converted
      } = z.toJSONSchema(schema, {
        target: 'draft-2020-12',
        io: schemaType,
        unrepresentable: 'any',
      }) as Record<string, unknown> & { $defs?: Record<string, unknown> };
      return {
        schema: JSON.parse(JSON.stringify(converted).replaceAll('#/$defs/', '#/components/schemas/')) as unknown,
        ...($defs ? { components: $defs } : {}),
      };
    },
  });
  for (const paths of app.get(ServiceDocuments).paths) Object.assign(document.paths, paths);
  return document;
}
