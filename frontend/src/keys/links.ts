/** Home Assistant's page of the integration, where keys are created and edited. */
export const INTEGRATION = "/config/integrations/integration/drawbridge";
