import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';

export function serveDocuments(app: NestFastifyApplication): void {
  void app;
  void DocumentBuilder;
  void SwaggerModule;
}
