import type { ChildOrder } from './messages.ts';

/** Seconds that one function node may compute without a pause; longer is an error that names the node. */
const FUNCTION_LIMIT_S = 5;

/** Where the editor lies on the gateway's page. */
export const editorRoot = '/red';

/**
 * The settings of Node-RED. Nobody signs in to it: only the gateway reaches its socket, and has looked who comes. It
 * calls nobody, and runs nothing that was not installed by somebody on this machine: a page that could install
 * modules would make of a stolen session the run of any program.
 */
export function settingsOf(order: ChildOrder): object {
  return {
    httpAdminRoot: editorRoot,
    // Pages of flows would be pages of the gateway.
    httpNodeRoot: false,
    userDir: order.userDirectory,
    nodesDir: [order.palette],
    // It starts programs of the machine.
    nodesExcludes: ['90-exec.js'],
    flowFile: 'flows.json',
    flowFilePretty: true,
    credentialSecret: order.credentialSecret,
    safeMode: order.safe,
    globalFunctionTimeout: FUNCTION_LIMIT_S,
    functionExternalModules: false,
    externalModules: {
      autoInstall: false,
      palette: { allowInstall: false, allowUpdate: false, allowUpload: false },
      modules: { allowInstall: false },
    },
    // Lets flows be stopped and started in the editor.
    runtimeState: { enabled: true, ui: true },
    diagnostics: { enabled: false, ui: false },
    telemetry: { enabled: false, updateNotification: false },
    editorTheme: {
      page: { title: order.title },
      header: { title: order.title },
      projects: { enabled: false },
      tours: false,
      userMenu: false,
    },
  };
}
