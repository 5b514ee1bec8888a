import { z } from 'zod';
import {
  type Asset,
  assetDetailSchema,
  assetSchema,
  type Estate,
  estateSchema,
  idSchema,
  pageSchema,
  pointSchema,
} from '../../contract/index.ts';
import type { Access } from '../../policy/access.ts';
import { type Api, type App, estatesOf, requireAsset } from '../api.ts';
import { listQuery, pageOfSorted } from '../paging.ts';
import { assetView, detailView, pointViews } from '../views.ts';

/** What exists and how it is now. */
export function estateRoutes(app: App, api: Api): void {
  estateList(app, api);
  assetRoutes(app, api);
  pointList(app, api);
}

function estateList(app: App, api: Api): void {
  app.get(
    '/api/estates',
    {
      schema: {
        tags: ['estates'],
        summary: 'Estates and their gateways',
        querystring: listQuery,
        response: { 200: pageSchema(estateSchema) },
      },
    },
    async ({ query, access }) => {
      const estates = [...api.directory.estates.values()]
        .filter(({ id }) => access.sees(id) && (query.estate === undefined || id === query.estate))
        .map(
          ({ id, name, zone, demo }): Estate => ({
            id,
            name,
            zone,
            demo,
            gateways: api.directory.gatewaysOf(id).map((gateway) => api.registry.view(gateway)),
          }),
        );
      return pageOfSorted(sorted(estates), query, (estate) => estate.id);
    },
  );
}

function assetRoutes(app: App, api: Api): void {
  app.get(
    '/api/assets',
    {
      schema: {
        tags: ['estates'],
        summary: 'Assets with their present state, by id',
        querystring: listQuery,
        response: { 200: pageSchema(assetSchema) },
      },
    },
    async ({ query, access }) => {
      const declared = declaredOf(api, access, query.estate);
      const page = pageOfSorted(declared, query, (entry) => entry.id);
      return { ...page, items: page.items.map(({ asset }): Asset => assetView(api, asset)) };
    },
  );
  app.get(
    '/api/assets/:estate/:asset',
    {
      schema: {
        tags: ['estates'],
        summary: 'One asset with its points, limits and rules',
        params: z.object({ estate: idSchema, asset: idSchema }),
        response: { 200: assetDetailSchema },
      },
    },
    async ({ params, access }) =>
      detailView(api, requireAsset(api, access, `${params.estate}/${params.asset}`)),
  );
}

function pointList(app: App, api: Api): void {
  app.get(
    '/api/points',
    {
      schema: {
        tags: ['estates'],
        summary: 'Points with their newest value, by id',
        querystring: listQuery.extend({ asset: idSchema.optional() }),
        response: { 200: pageSchema(pointSchema) },
      },
    },
    async ({ query, access }) => {
      const declared = declaredOf(api, access, query.estate);
      const own = declared.filter(
        ({ asset }) => query.asset === undefined || asset.id === query.asset,
      );
      const ids = sorted(own.flatMap(({ asset }) => asset.points.map(({ id }) => ({ id, asset }))));
      const page = pageOfSorted(ids, query, (entry) => entry.id);
      // Views are made for the assets of this page only, once each.
      const assets = new Set(page.items.map(({ asset }) => asset));
      const views = new Map(
        [...assets].flatMap((asset) => pointViews(api, asset).map((view) => [view.id, view])),
      );
      const items = page.items.map(({ id }) => views.get(id)).filter((view) => view !== undefined);
      return { ...page, items };
    },
  );
}

function declaredOf(api: Api, access: Access, estate: string | undefined) {
  const estates = estatesOf(api, access, estate);
  const entries = [...api.directory.assets].map(([id, asset]) => ({ id, asset }));
  return sorted(entries.filter(({ asset }) => estates === null || estates.includes(asset.estate)));
}

function sorted<T extends { readonly id: string }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => (a.id < b.id ? -1 : 1));
}
