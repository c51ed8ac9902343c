"""``/api/services``: lists services, and calls them on entities in scope."""

from http import HTTPStatus

from aiohttp import web
from homeassistant.helpers.json import json_bytes

from ...operations import services as operations
from ..call import Call, json_response
from ..endpoint import Router
from ..prepared import cached
from ..spec import FLAG, OBJECT, STATES, About, Answer, Body, Parameter, array, kept

router = Router()


@router.endpoint(
    "GET",
    "/api/services",
    operation=operations.LIST,
    about=kept(
        Answer(
            "The services that the key may call, with Home Assistant's own descriptions.",
            array(OBJECT),
            [{"domain": "light", "services": {"turn_on": {"name": "Turn on", "fields": {}}}}],
        )
    ),
)
async def described(call: Call) -> web.StreamResponse:
    """Return the services that the key may call."""
    caller, cache = call.caller, call.bridge.caches.services
    epoch = cache.epoch
    descriptions = await operations.descriptions(caller)
    # Descriptions and the scope can change without an event that invalidates this cache.
    basis = caller.key, caller.home.domains(), descriptions
    document = cache.find(caller.key.id, basis)
    if document is None:
        offered = operations.offered(caller, descriptions)
        shown = [{"domain": domain, "services": services} for domain, services in offered.items()]
        document = cache.keep(caller.key.id, json_bytes(shown), epoch, basis)
    return cached(call, cache, document)


@router.endpoint(
    "POST",
    "/api/services/{domain}/{service}",
    operation=operations.CALL,
    about=About(
        {
            HTTPStatus.OK: Answer(
                "The states that the call changed. With `return_response`, an object that also has the response.",
                {
                    "anyOf": [
                        STATES,
                        {
                            "type": "object",
                            "required": ["changed_states", "service_response"],
                            "properties": {"changed_states": STATES},
                        },
                    ]
                },
                [],
            )
        },
        parameters=(Parameter("return_response", "Return the response of a service that supports it.", FLAG),),
        body=Body("The data of the call.", OBJECT, {"entity_id": "light.living_room", "brightness": 120}),
        problems=frozenset({HTTPStatus.BAD_REQUEST}),
    ),
)
async def call_service(call: Call) -> web.StreamResponse:
    """Call a service, and return the states that it changed."""
    caller, wants_response = call.caller, "return_response" in call.request.query
    domain, service = call.parameter("domain").lower(), call.parameter("service").lower()
    caller.activity.target = f"{domain}.{service}"
    result = await operations.call(caller, domain, service, await call.json(), wants_response=wants_response)
    if wants_response:
        return json_response({"changed_states": result.changed, "service_response": result.response})
    return json_response(result.changed)
