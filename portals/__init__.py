"""Faces, one package per kind of user. Views, URLs, page forms, serializers; no business rule."""
