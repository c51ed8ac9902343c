// Their source is in ../dashboards/source. They do not depend on _config.
{
  grafanaDashboards+:: {
    'drawbridge.json': import '../dashboards/drawbridge.json',
    'drawbridge-fleet.json': import '../dashboards/drawbridge-fleet.json',
  },
}
