// Node-RED without an editor, on this machine alone.
module.exports = {
  uiHost: "127.0.0.1",
  uiPort: Number(process.env.NODE_RED_PORT),
  disableEditor: true,
  flowFile: "flows.json",
  credentialSecret: false,
  functionTimeout: 0,
  telemetry: { enabled: false, updateNotification: false },
  externalModules: { palette: { allowInstall: false }, modules: { allowInstall: false } },
};
