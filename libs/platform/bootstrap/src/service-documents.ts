import type { OpenAPIObject } from '@nestjs/swagger';

/** Paths that a service serves beside Nest, and describes itself. */
export class ServiceDocuments {
  readonly paths: OpenAPIObject['paths'][] = [];

  add(paths: OpenAPIObject['paths']): void {
    this.paths.push(paths);
  }
}
